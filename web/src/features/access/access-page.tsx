import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/session";
import { Chips } from "@/ui/chips";
import { type AccessSearch, TABS, type Tab, search } from "./index";
import { Sessions } from "./sessions";
import { Tokens } from "./tokens";
import { Users } from "./users";

const route = getRouteApi("/frame/users");

export interface TabProps extends AccessSearch {
  /** Stands before the filter: the choice between the tabs. */
  tabs: React.ReactNode;
  show: (next: { [Key in keyof AccessSearch]?: AccessSearch[Key] | undefined }) => void;
}

/** Who may do what: all users for admins, one's own tokens and sessions for everyone. */
export function AccessPage() {
  const { t } = useTranslation("access");
  const admin = useMay("admin");
  const given = route.useSearch();
  const navigate = route.useNavigate();
  const visible = TABS.filter((each) => admin || each !== "users");
  const tab = given.tab !== undefined && visible.includes(given.tab) ? given.tab : (visible[0] as Tab);
  const show = useCallback<TabProps["show"]>((next) => void navigate({ search: (now) => search({ ...now, ...next }), replace: !("open" in next || "tab" in next) }), [navigate]);
  const tabs = useMemo(
    () => <Chips<Tab> label={t("tabs")} value={tab} onChange={(tab) => show({ tab, q: undefined, sort: undefined, open: undefined })} chips={visible.map((value) => ({ value, label: t(`tab.${value}`) }))} />,
    [t, tab, show, visible],
  );
  const props = { ...given, tabs, show };
  if (tab === "users") return <Users {...props} />;
  return tab === "tokens" ? <Tokens {...props} /> : <Sessions {...props} />;
}
