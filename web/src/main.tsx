import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "@/ui/mantine-styles";
import "@/ui/tokens.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/app";
import { startWords } from "@/i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
await startWords();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
