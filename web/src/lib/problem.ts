/** Why the server refused a request (RFC 9457), with the code's own fields beside these. */
export interface ProblemDocument {
  code: string;
  title: string;
  detail: string;
  hint: string | null;
  type: string;
  status: number;
  instance: string | null;
  correlation_id: string | null;
  retryable: boolean;
  [field: string]: unknown;
}

/** A request that was refused. Decide by `code`, never by the words. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: ProblemDocument;

  constructor(problem: ProblemDocument) {
    super(problem.detail);
    this.problem = problem;
  }

  get code(): string {
    return this.problem.code;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** No answer came: the server is away, or the network is. Whether it was done is not known. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** The refused fields and why, by their dotted names as they were sent. */
export function refusedFields(error: unknown): Record<string, string> {
  if (!(error instanceof ProblemError)) return {};
  const { errors, field, reason } = error.problem;
  const refused: Record<string, string> = {};
  if (Array.isArray(errors)) {
    for (const one of errors) {
      const pointer = String(one.pointer ?? one.field ?? "").replace(/^#?\//, "");
      refused[pointer.replaceAll("/", ".")] = String(one.detail ?? one.reason ?? "");
    }
  }
  if (typeof field === "string") refused[field.replace(/^body\./, "")] = String(reason ?? error.problem.detail);
  return refused;
}

/** A body that is no problem document: a proxy's page, say. */
export function problemOf(status: number, body: unknown): ProblemDocument {
  const known = typeof body === "object" && body !== null && "code" in body;
  if (known) return body as ProblemDocument;
  return {
    code: "answer_unreadable",
    title: `HTTP ${status}`,
    detail: `The server answered ${status} with something that is no problem document.`,
    hint: "Look at what stands between the browser and the server: a proxy may have answered.",
    type: "about:blank",
    status,
    instance: null,
    correlation_id: null,
    retryable: status >= 500,
  };
}
