import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { answer, api } from "@/api/client";
import { keys } from "@/api/queries";
import { Door } from "./door";
import { LoginForm } from "./login-form";

export function SignInPage() {
  const { t } = useTranslation("auth");
  const { to = "/" } = useSearch({ from: "/sign-in" });
  const router = useRouter();
  const queries = useQueryClient();

  const { data: setup } = useQuery({ queryKey: keys.all("setup"), queryFn: () => answer(api.GET("/api/auth/setup")) });

  async function enter() {
    queries.clear();
    router.history.push(to);
  }

  return (
    <Door title={t("welcome")} text={t("welcomeText")} foot={setup?.open && <>{t("firstStart")} <Link to="/setup">{t("firstStartLink")}</Link></>}>
      <LoginForm onDone={() => void enter()} />
    </Door>
  );
}
