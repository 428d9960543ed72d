import type { ReactNode } from "react";
import styles from "@/ui/section.module.css";

/** A card with a heading: the piece that pages of one thing are made of. */
export function Section({ title, actions, children, flush = false }: { title: string; actions?: ReactNode; children: ReactNode; flush?: boolean }) {
  return (
    <section className={`card ${styles.section}`} aria-label={title}>
      <header className={styles.head}>
        <h2>{title}</h2>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      <div className={flush ? "" : styles.body}>{children}</div>
    </section>
  );
}

/** Sections beside each other: a wide column and a narrow one, above each other where there is no room. */
export function Columns({ children }: { children: ReactNode }) {
  return <div className={styles.columns}>{children}</div>;
}

/** Sections below each other. */
export function Column({ children }: { children: ReactNode }) {
  return <div className={styles.column}>{children}</div>;
}
