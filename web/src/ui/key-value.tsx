import type { ReactNode } from "react";
import styles from "@/ui/key-value.module.css";

/** Facts by name; what is null is left out, what is not known says so itself. */
export function KeyValue({ facts }: { facts: readonly (readonly [string, ReactNode] | null)[] }) {
  return (
    <dl className={styles.list}>
      {facts.map((fact) => fact && <Fact key={fact[0]} name={fact[0]} value={fact[1]} />)}
    </dl>
  );
}

function Fact({ name, value }: { name: string; value: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value ?? "–"}</dd>
    </>
  );
}
