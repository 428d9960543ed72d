import { useTranslation } from "react-i18next";
import { count } from "@/lib/amounts";
import { moment } from "@/lib/time";
import { connection, rate } from "@/live/live";
import { useStore } from "@/live/use-fleet";
import { useNow } from "@/ui/freshness";
import styles from "@/app/frame.module.css";

const SLOW_MS = 3000;
const BANNER_MS = 30_000;

/** How long the feed has been lost, in ms; 0 while it is not. */
function useLostFor(): number {
  const { state, lostAt } = useStore(connection);
  const now = useNow(1);
  return state === "lost" && lostAt !== null ? Math.max(1, now - lostAt) : 0;
}

/** Live, reconnecting (amber after 3 s), or starting. */
export function LiveState() {
  const { t, i18n } = useTranslation();
  const { state } = useStore(connection);
  const perSecond = useStore(rate);
  const lostFor = useLostFor();
  const shown = lostFor > SLOW_MS ? "slow" : state === "starting" ? "starting" : "live";
  return (
    <span className={styles.live} data-state={shown} role="status">
      <i aria-hidden />
      {t(`live.${shown}`)}
      {shown === "live" && perSecond > 0 && <b className="number faint" style={{ fontWeight: 400 }} aria-hidden>{t("live.rate", { rate: count(perSecond, i18n.language) })}</b>}
    </span>
  );
}

/** After 30 s the page says that what it shows is old; actions stay allowed. */
export function LiveBanner() {
  const { t, i18n } = useTranslation();
  const { lostAt } = useStore(connection);
  if (useLostFor() <= BANNER_MS || lostAt === null) return null;
  return (
    <div className={styles.banner} role="alert">
      {t("live.banner", { at: moment(new Date(lostAt), i18n.language) })}
    </div>
  );
}
