import styles from "./emulators.module.css";

/** Tags as chips. */
export function Tags({ tags }: { tags: readonly string[] }) {
  return (
    <span className={styles.tags} style={{ flexWrap: "wrap" }}>
      {tags.map((tag) => (
        <i key={tag}>{tag}</i>
      ))}
    </span>
  );
}
