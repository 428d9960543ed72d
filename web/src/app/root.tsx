import { Notifications } from "@mantine/notifications";
import { Outlet } from "@tanstack/react-router";

/** Toasts stand within the router: they lead to what was started. */
export function Root() {
  return (
    <>
      <Notifications position="bottom-right" limit={4} zIndex={500} />
      <Outlet />
    </>
  );
}
