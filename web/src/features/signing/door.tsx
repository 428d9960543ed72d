import type { ReactNode } from "react";
import styles from "./door.module.css";

/** The frame of the pages before the frame. */
export function Door({ title, text, children, foot }: { title: string; text: string; children: ReactNode; foot?: ReactNode }) {
  return (
    <main className={styles.door}>
      <section className={`card ${styles.box}`}>
        <header className={styles.brand}>
          <img src="/favicon.svg" width={34} height={34} alt="" />
          <div>
            <h1>{title}</h1>
            <p>{text}</p>
          </div>
        </header>
        {children}
        {foot && <p className={styles.foot}>{foot}</p>}
      </section>
    </main>
  );
}
