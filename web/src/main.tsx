import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "@/ui/mantine-styles";
import "@/ui/tokens.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App, router } from "@/app/app";
import { fetchAhead } from "@/app/router";
import { startWords } from "@/i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
const words = startWords();
fetchAhead(router);
await words;
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
