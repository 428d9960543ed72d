import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import styles from "@/ui/empty-state.module.css";

interface Props {
  icon: LucideIcon;
  title: string;
  /** What to do next. */
  children?: ReactNode;
  actions?: ReactNode;
}

/** Nothing is here, and what to do about it. */
export function EmptyState({ icon: Icon, title, children, actions }: Props) {
  return (
    <div className={styles.empty}>
      <Icon size={28} strokeWidth={1.4} aria-hidden />
      <h2 className={styles.title}>{title}</h2>
      {children && <p className={styles.text}>{children}</p>}
      {actions && <div className={styles.actions}>{actions}</div>}
    </div>
  );
}
