import { Link, type LinkProps } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import type { ReactNode } from "react";
import styles from "@/ui/trail.module.css";

/** The name of a page of one thing, "…" until it is known, and the way back to its list. */
export function Trail({ to, label, children }: { to: LinkProps["to"]; label: string; children: ReactNode }) {
  return (
    <div className={styles.trail}>
      <Link {...(to ? { to } : {})} className={styles.back ?? ""}>
        <ChevronLeft size={15} aria-hidden />
        {label}
      </Link>
      <h2 className={`clip ${styles.name}`}>{children ?? "…"}</h2>
    </div>
  );
}
