// Every error a client can meet: a stable code with its HTTP status and title (RFC 9457, problem details).
// A code that has shipped keeps its meaning for ever; a retired one is never given out again.

type Kind = { readonly status: number; readonly title: string };

export const problemKinds = {
  'request.invalid': { status: 400, title: 'The request does not fit the contract' },
  'request.invalid_json': { status: 400, title: 'The body is not valid JSON' },
  'request.invalid_text': { status: 400, title: 'The text holds characters that cannot be stored' },
  'request.too_deep': { status: 400, title: 'The JSON is nested too deeply' },
  'request.invalid_cursor': { status: 400, title: 'The cursor cannot be used here' },
  'request.invalid_header': { status: 400, title: 'A header cannot be understood' },
  'request.header_too_large': { status: 431, title: 'The request headers are too large' },
  'request.timeout': { status: 408, title: 'The request took too long to arrive' },
  'request.not_acceptable': { status: 406, title: 'None of the accepted media types can be served' },
  'request.unsupported_media_type': { status: 415, title: 'The media type is not supported here' },
  'request.unsupported_encoding': { status: 415, title: 'The content coding is not supported' },
  'request.too_large': { status: 413, title: 'The body is too large' },
  'request.method_not_allowed': { status: 405, title: 'The method is not allowed here' },
  'request.precondition_required': { status: 428, title: 'If-Match is required' },
  'request.precondition_failed': { status: 412, title: 'The thing has changed since it was read' },
  'request.query_too_slow': { status: 503, title: 'The query took too long' },
  'resource.not_found': { status: 404, title: 'Not found' },
  'auth.missing': { status: 401, title: 'An API key is needed' },
  'auth.invalid': { status: 401, title: 'The API key is not valid' },
  'auth.forbidden': { status: 403, title: 'The API key may not do this' },
  'auth.outside_sections': { status: 403, title: 'Outside the sections of the API key' },
  'article.slug_taken': { status: 409, title: 'The slug is taken' },
  'article.external_id_taken': { status: 409, title: 'The external id is taken' },
  'article.publication_overlap': { status: 409, title: 'The publication would overlap another' },
  'article.publication_pending': { status: 409, title: 'A publication is already scheduled' },
  'article.not_published': { status: 409, title: 'The article is not published' },
  'article.not_publishable': { status: 409, title: 'The article cannot be published as it is' },
  'article.already_imported': { status: 409, title: 'The article is already here' },
  'section.slug_taken': { status: 409, title: 'The slug is taken' },
  'section.cycle': { status: 409, title: 'A section cannot be below itself' },
  'section.in_use': { status: 409, title: 'The section is in use' },
  'editor.slug_taken': { status: 409, title: 'The slug is taken' },
  'editor.in_use': { status: 409, title: 'The editor is in use' },
  'source.slug_taken': { status: 409, title: 'The slug is taken' },
  'source.in_use': { status: 409, title: 'The source is in use' },
  'tag.slug_taken': { status: 409, title: 'The slug is taken' },
  'section.external_id_taken': { status: 409, title: 'The external id is taken' },
  'editor.external_id_taken': { status: 409, title: 'The external id is taken' },
  'source.external_id_taken': { status: 409, title: 'The external id is taken' },
  'tag.external_id_taken': { status: 409, title: 'The external id is taken' },
  'tag.name_taken': { status: 409, title: 'The name is taken' },
  'tag.in_use': { status: 409, title: 'The tag is in use' },
  'reference.not_found': { status: 422, title: 'Something referred to does not exist' },
  'body.invalid': { status: 422, title: 'The body text cannot be read' },
  'import.not_text': { status: 422, title: 'The page is not text' },
  'import.incomplete': { status: 422, title: 'The page lacks something an article needs' },
  'server.unavailable': { status: 503, title: 'The service is not available' },
  'server.error': { status: 500, title: 'Something went wrong on our side' },
} as const satisfies Record<string, Kind>;

export type ProblemCode = keyof typeof problemKinds;

/** One fault of a request: where (RFC 6901 pointer into the body, or `?name` for a parameter), which rule, and what to do. */
export type Fault = { readonly pointer: string; readonly code: string; readonly message: string };

export type ProblemOptions = {
  /** For the client: what was wrong and what to do. */
  detail?: string;
  errors?: readonly Fault[];
  /** Further members of the problem document (RFC 9457, section 3.2). */
  extensions?: Readonly<Record<string, unknown>>;
  headers?: Readonly<Record<string, string>>;
  /** For the log only; never shown. */
  cause?: unknown;
};

export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly errors: readonly Fault[];
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ProblemCode, options: ProblemOptions = {}) {
    super(options.detail ?? problemKinds[code].title, { cause: options.cause });
    this.code = code;
    this.status = problemKinds[code].status;
    this.title = problemKinds[code].title;
    this.detail = options.detail;
    this.errors = options.errors ?? [];
    this.extensions = options.extensions ?? {};
    this.headers = options.headers ?? {};
  }
}

export function problem(code: ProblemCode, options: ProblemOptions = {}): Problem {
  return new Problem(code, options);
}
