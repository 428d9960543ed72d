import { ActionIcon, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { FEATURES } from "@/app/features";
import { keep, kept } from "@/lib/kept";
import { covers } from "@/lib/roles";
import type { Feature } from "@/routing/feature";
import styles from "@/app/frame.module.css";

const GROUPS: readonly Feature["group"][] = ["main", "automation", "bottom"];

/** The left rail: what is registered in features.ts, as far as one may see it. */
export function Rail() {
  const { t } = useTranslation();
  const me = useMe();
  const [narrow, setNarrow] = useState(() => kept("rail-narrow", window.innerWidth < 1100));
  const visible = FEATURES.filter((each) => me !== null && covers(me.role, each.needs));

  function toggle() {
    keep("rail-narrow", !narrow);
    setNarrow(!narrow);
  }

  return (
    <nav className={`${styles.rail} ${narrow ? styles.narrow : ""}`} aria-label={t("navigation")}>
      <Link to="/" className={styles.brand ?? ""} {...(narrow ? { "aria-label": "ldfleet" } : {})}>
        <img src="/favicon.svg" width={24} height={24} alt="" />
        {!narrow && (
          <span>
            <b>ldfleet</b>
            <small>{t("subtitle")}</small>
          </span>
        )}
      </Link>
      {GROUPS.map((group) => (
        <Group key={group} group={group} features={visible.filter((each) => each.group === group)} narrow={narrow} />
      ))}
      <Tooltip label={narrow ? t("widen") : t("narrow")} position="right">
        <ActionIcon onClick={toggle} aria-label={narrow ? t("widen") : t("narrow")} mt={4} ml={4}>
          {narrow ? <PanelLeftOpen size={17} /> : <PanelLeftClose size={17} />}
        </ActionIcon>
      </Tooltip>
    </nav>
  );
}

function Group({ group, features, narrow }: { group: Feature["group"]; features: Feature[]; narrow: boolean }) {
  const { t } = useTranslation();
  return (
    <>
      {group === "automation" && features.length > 0 && !narrow && <p className={styles.heading}>{t("automation")}</p>}
      {group === "bottom" && <div className={styles.fill} />}
      {features.map((each) => (
        <Entry key={each.name} feature={each} narrow={narrow} />
      ))}
    </>
  );
}

function Entry({ feature: { name, path, icon: Icon, Badge }, narrow }: { feature: Feature; narrow: boolean }) {
  const { t } = useTranslation("pages");
  return (
    <Link to={path} className={styles.link ?? ""} activeOptions={{ exact: path === "/" }} {...(narrow ? { "aria-label": t(name), title: t(name) } : {})}>
      <Icon size={17} strokeWidth={1.7} aria-hidden />
      {!narrow && <span className="clip">{t(name)}</span>}
      {!narrow && Badge && <Badge />}
    </Link>
  );
}
