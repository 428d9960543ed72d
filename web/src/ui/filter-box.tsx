import { TextInput } from "@mantine/core";
import { Search } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { completions } from "@/lib/filter";
import { ProblemError } from "@/lib/problem";
import styles from "@/ui/filter-box.module.css";

const SETTLES_MS = 150;

interface Props {
  value: string;
  onChange: (filter: string) => void;
  /** The fields there are, and what is known to stand in them. */
  fields: Readonly<Record<string, readonly string[]>>;
  placeholder: string;
  /** Of the list: the box turns red where its filter was refused; the list says why. */
  error?: unknown;
}

/** A filter with completion of its language; `/` comes here. */
export function FilterBox({ value, onChange, fields, placeholder, error }: Props) {
  const { t } = useTranslation("ui");
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  const [caret, setCaret] = useState<number | null>(null);
  const [at, setAt] = useState(0);
  if (value !== told) {
    setTold(value);
    setText(value);
  }
  const { from, to, options } = caret === null ? { from: 0, to: 0, options: [] } : completions(text, caret, fields);
  const chosen = Math.min(at, options.length - 1);

  useEffect(() => {
    if (text === told) return;
    const settled = setTimeout(() => {
      setTold(text.trim());
      onChange(text.trim());
    }, SETTLES_MS);
    return () => clearTimeout(settled);
  }, [text, told, onChange]);

  function take(option: string) {
    const next = `${text.slice(0, from)}${option}${option.endsWith(":") ? "" : " "}${text.slice(to).trimStart()}`;
    const place = from + option.length + (option.endsWith(":") ? 0 : 1);
    setText(next);
    setAt(0);
    setCaret(place);
    requestAnimationFrame(() => input.current?.setSelectionRange(place, place));
  }

  function pressed(event: KeyboardEvent) {
    const option = options[chosen];
    if (event.key === "Escape") {
      if (options.length > 0) setCaret(null);
      else input.current?.blur();
    } else if (option === undefined) return;
    else if (event.key === "ArrowDown") setAt((chosen + 1) % options.length);
    else if (event.key === "ArrowUp") setAt((chosen - 1 + options.length) % options.length);
    else if (event.key === "Tab" || event.key === "Enter") take(option);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  const refused = error instanceof ProblemError && error.code === "filter_invalid";
  return (
    <div className={styles.box}>
      <TextInput
        ref={input}
        data-filter
        role="combobox"
        aria-label={t("filter")}
        aria-expanded={options.length > 0}
        aria-controls={`${id}options`}
        error={refused}
        {...(options.length > 0 ? { "aria-activedescendant": `${id}${chosen}` } : {})}
        size="xs"
        fz={13}
        leftSection={<Search size={14} aria-hidden />}
        placeholder={placeholder}
        value={text}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setText(event.currentTarget.value);
          setCaret(event.currentTarget.selectionStart);
          setAt(0);
        }}
        onKeyDown={pressed}
        onBlur={() => setCaret(null)}
      />
      {options.length > 0 && (
        <ul className={styles.options} role="listbox" id={`${id}options`} aria-label={t("filter")}>
          {options.map((option, place) => (
            <li
              key={option}
              id={`${id}${place}`}
              role="option"
              aria-selected={place === chosen}
              onMouseDown={(event) => {
                event.preventDefault();
                take(option);
              }}
            >
              {option}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
