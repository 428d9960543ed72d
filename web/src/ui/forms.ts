import type { UseFormReturnType } from "@mantine/form";
import { refusedFields } from "@/lib/problem";

/** Shows what the server refused beside its fields; tells whether all of it found its field. */
export function showRefusals<T extends Record<string, unknown>>(form: UseFormReturnType<T>, error: unknown): boolean {
  const refused = refusedFields(error);
  const known = Object.entries(refused).filter(([field]) => field.split(".")[0] as string in form.getValues());
  form.setErrors(Object.fromEntries(known));
  return known.length > 0 && known.length === Object.keys(refused).length;
}
