import type { ReactNode } from "react";
import styles from "@/ui/page.module.css";

/** A page that fills what the frame leaves: a bar, and below it what takes the rest. */
export function Page({ bar, actions, children }: { bar?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className={styles.page}>
      {(bar || actions) && (
        <div className={styles.bar}>
          {bar}
          <span className={styles.fill} />
          {actions}
        </div>
      )}
      {children}
    </div>
  );
}

/** A second bar below the first: filters, where the first holds the page's buttons. */
function Bar({ children }: { children: ReactNode }) {
  return <div className={styles.bar}>{children}</div>;
}

Page.Bar = Bar;
