import { createTheme, type MantineColorsTuple } from "@mantine/core";

const INDIGO: MantineColorsTuple = ["#eef1ff", "#dde3ff", "#bac5fd", "#9daaff", "#7a8af7", "#6274f0", "#5669ea", "#4f63e6", "#4257dd", "#3649c6"];

const SLATE: MantineColorsTuple = ["#e9ecf2", "#c3cad6", "#a7b0c0", "#8791a2", "#323a4a", "#222733", "#12151c", "#0c0e12", "#0a0c10", "#07080b"];

/** Mantine in our measure: small, dense, calm. Colours come from tokens.css. */
export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 8, dark: 7 },
  colors: { indigo: INDIGO, dark: SLATE },
  fontFamily: '"Inter Variable", system-ui, "Noto Sans SC", "Microsoft YaHei", sans-serif',
  fontFamilyMonospace: "var(--mono)",
  fontSizes: { xs: "11.5px", sm: "13px", md: "14px", lg: "16px", xl: "19px" },
  defaultRadius: 8,
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  components: {
    Button: { defaultProps: { size: "xs", h: 32, fz: 13 } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray", size: 32 } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", comboboxProps: { shadow: "md" } } },
    Textarea: { defaultProps: { size: "sm" } },
    NumberInput: { defaultProps: { size: "sm" } },
    Checkbox: { defaultProps: { size: "xs" } },
    Modal: { defaultProps: { centered: true, radius: 12, overlayProps: { backgroundOpacity: 0.55 }, transitionProps: { duration: 80 } } },
    Menu: { defaultProps: { shadow: "md", transitionProps: { duration: 60 }, position: "bottom-end" } },
    Popover: { defaultProps: { shadow: "md", transitionProps: { duration: 60 } } },
    Tooltip: { defaultProps: { openDelay: 350, transitionProps: { duration: 60 } } },
    Tabs: { defaultProps: { keepMounted: false } },
  },
});
