import { useMay } from "@/api/session";
import { Column } from "@/ui/section";
import { About } from "./about";
import { Appearance } from "./appearance";
import { Effective } from "./effective";
import styles from "./settings.module.css";
import { Sites } from "./sites";

/** What holds for this browser, for the farm, and for the server. */
export function SettingsPage() {
  const admin = useMay("admin");
  return (
    <div className={styles.page}>
      <div className={styles.columns}>
        <Column>
          <Sites />
          {admin && <Effective />}
        </Column>
        <Column>
          <Appearance />
          <About />
        </Column>
      </div>
    </div>
  );
}
