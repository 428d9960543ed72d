import { MantineProvider, localStorageColorSchemeManager } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { I18nextProvider } from "react-i18next";
import { i18n } from "@/i18n";
import { newQueryClient } from "@/api/queries";
import { newRouter } from "@/app/router";
import { theme } from "@/ui/theme";

const queries = newQueryClient();
export const router = newRouter(queries);
const colours = localStorageColorSchemeManager({ key: "ldfleet-theme" });

export function App() {
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider theme={theme} colorSchemeManager={colours} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  );
}
