export type Role = "viewer" | "operator" | "admin";

const ORDER: readonly Role[] = ["viewer", "operator", "admin"];

/** Whether who has this role may do what needs that one. */
export function covers(role: Role, needed: Role): boolean {
  return ORDER.indexOf(role) >= ORDER.indexOf(needed);
}
