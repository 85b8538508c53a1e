// Every error a client can meet: a stable code with its HTTP status and title (RFC 9457, problem details).
// A code that has shipped keeps its meaning for ever; a retired one is never given out again.

/** `advice`: what to do about it, for docs/problems.md. */
type Kind = { readonly status: number; readonly title: string; readonly advice: string };

const slugTaken: Kind = {
  status: 409,
  title: 'The slug is taken',
  advice: 'Choose another slug, or leave it out to have one made. A slug that was public once stays with its article.',
};
const externalIdTaken: Kind = {
  status: 409,
  title: 'The external id is taken',
  advice: 'Update the one that has it (`PUT …/by-external-id/{externalId}`), or choose another.',
};
const inUse = 'Change or trash what `usedBy` lists first.';

export const problemKinds = {
  'request.invalid': {
    status: 400,
    title: 'The request does not fit the contract',
    advice: 'Correct what `errors` points at; names that are not in the API description are refused too.',
  },
  'request.invalid_json': {
    status: 400,
    title: 'The body is not valid JSON',
    advice: 'Send one well-formed JSON object in UTF-8.',
  },
  'request.invalid_text': {
    status: 400,
    title: 'The text holds characters that cannot be stored',
    advice: 'Remove NUL characters and halves of surrogate pairs, and send valid UTF-8.',
  },
  'request.too_deep': { status: 400, title: 'The JSON is nested too deeply', advice: 'Nest the JSON less deeply.' },
  'request.invalid_cursor': {
    status: 400,
    title: 'The cursor cannot be used here',
    advice: 'Start at the first page; a cursor belongs to the sort and the filters it was given for.',
  },
  'request.invalid_header': {
    status: 400,
    title: 'A header cannot be understood',
    advice: 'Correct the header that `errors` names, such as `If-Match: "r3"`.',
  },
  'request.header_too_large': {
    status: 431,
    title: 'The request headers are too large',
    advice: 'Send fewer or shorter headers.',
  },
  'request.timeout': {
    status: 408,
    title: 'The request took too long to arrive',
    advice: 'Send the request faster, or in smaller parts; then try again.',
  },
  'request.not_acceptable': {
    status: 406,
    title: 'None of the accepted media types can be served',
    advice: 'Accept one of the media types in `detail`, or send no `Accept`.',
  },
  'request.unsupported_media_type': {
    status: 415,
    title: 'The media type is not supported here',
    advice: 'Send the body in a media type this operation takes, mostly `application/json`.',
  },
  'request.unsupported_encoding': {
    status: 415,
    title: 'The content coding is not supported',
    advice: 'Send the body without `Content-Encoding`.',
  },
  'request.too_large': {
    status: 413,
    title: 'The body is too large',
    advice: 'Send a smaller body; the limit is `BODY_LIMIT_BYTES`.',
  },
  'request.method_not_allowed': {
    status: 405,
    title: 'The method is not allowed here',
    advice: 'Use one of the methods in the `Allow` header.',
  },
  'request.precondition_required': {
    status: 428,
    title: 'If-Match is required',
    advice: 'Read the thing as a draft and send its `ETag` as `If-Match`.',
  },
  'request.precondition_failed': {
    status: 412,
    title: 'The thing has changed since it was read',
    advice: 'Read it again, merge with what `changes` lists, and send the new `ETag`.',
  },
  'idempotency.key_reused': {
    status: 422,
    title: 'The Idempotency-Key was used for another request',
    advice: 'Use a new key for a new request; the same key only to repeat exactly the same one.',
  },
  'idempotency.in_progress': {
    status: 409,
    title: 'The first request with this Idempotency-Key is still running',
    advice: 'Send the same request again after `Retry-After` seconds; it answers what the first one did.',
  },
  'batch.operation_failed': {
    status: 422,
    title: 'An operation of the batch failed, so none was carried out',
    advice: 'Correct the operation that `operation` names; `problem` is what it would have answered alone.',
  },
  'request.rate_limited': {
    status: 429,
    title: 'Too many requests',
    advice:
      'Send fewer requests; `Retry-After` says in how many seconds the next one is taken, `RateLimit-Policy` which limit it was.',
  },
  'request.query_too_slow': {
    status: 503,
    title: 'The query took too long',
    advice: 'Use fewer filters or another sort; `Retry-After` says when to try again.',
  },
  'resource.not_found': {
    status: 404,
    title: 'Not found',
    advice: 'Check the address, and whether the key may read the thing: both look the same.',
  },
  'auth.missing': { status: 401, title: 'An API key is needed', advice: 'Send `Authorization: Bearer <key>`.' },
  'auth.invalid': {
    status: 401,
    title: 'The API key is not valid',
    advice: 'Use a key that is complete, not expired and not revoked.',
  },
  'auth.forbidden': {
    status: 403,
    title: 'The API key may not do this',
    advice: 'Use a key whose role may do this; `GET /v1/me` lists what yours may.',
  },
  'auth.outside_sections': {
    status: 403,
    title: 'Outside the sections of the API key',
    advice: 'Stay within the sections of the key, or use one that is not limited to them.',
  },
  'article.slug_taken': slugTaken,
  'article.external_id_taken': externalIdTaken,
  'article.publication_overlap': {
    status: 409,
    title: 'The publication would overlap another',
    advice: 'Choose an instant at which no other publication of the article begins or is planned.',
  },
  'article.publication_pending': {
    status: 409,
    title: 'A publication is already scheduled',
    advice: 'Call off the scheduled publication, or send `replaceScheduled: true`.',
  },
  'article.not_published': { status: 409, title: 'The article is not published', advice: 'Publish the article first.' },
  'article.action_not_allowed': {
    status: 409,
    title: 'The action does not fit the state of the article',
    advice:
      'Read the working copy; `allowedActions` in the answer lists what its state allows, whatever else an action needs.',
  },
  'article.review_required': {
    status: 409,
    title: 'The version is not approved',
    advice: 'Submit and approve the newest version first; this installation publishes nothing without review.',
  },
  'article.not_ready': {
    status: 409,
    title: 'The article refers to something that is not there any more',
    advice: 'Replace or restore everything that `errors` lists; then publish.',
  },
  'article.not_scheduled': {
    status: 409,
    title: 'Nothing is scheduled',
    advice: 'Read the working copy; `scheduled` tells what is to come.',
  },
  'article.embargoed': {
    status: 409,
    title: 'The embargo does not allow it',
    advice: 'Publish at `embargoUntil` or later, or lift the embargo first.',
  },
  'article.retracted': {
    status: 409,
    title: 'The article is retracted',
    advice: 'Reinstate the article first.',
  },
  'article.gone': {
    status: 410,
    title: 'The article was retracted',
    advice: 'Show `notice` in its place; the address stays.',
  },
  'article.not_retracted': { status: 409, title: 'The article is not retracted', advice: 'There is nothing to undo.' },
  'article.correction_conflict': {
    status: 409,
    title: 'The correction collides with changes that are not published',
    advice: 'Publish or withdraw the changes of the fields in `errors` first, or correct those fields otherwise.',
  },
  'article.not_trashed': {
    status: 409,
    title: 'The article is not in the trash',
    advice: 'Move it to the trash first.',
  },
  'article.version_not_found': {
    status: 422,
    title: 'The article has no such version',
    advice: '`GET /v1/articles/{id}/versions` lists the ones there are.',
  },
  'article.already_imported': {
    status: 409,
    title: 'The article is already here',
    advice: 'Change the article that is here instead; the answer names it.',
  },
  'section.slug_taken': slugTaken,
  'section.cycle': {
    status: 409,
    title: 'A section cannot be below itself',
    advice: 'Choose a parent outside the branch of the section.',
  },
  'section.in_use': { status: 409, title: 'The section is in use', advice: inUse },
  'editor.slug_taken': slugTaken,
  'editor.in_use': { status: 409, title: 'The editor is in use', advice: inUse },
  'source.slug_taken': slugTaken,
  'source.in_use': { status: 409, title: 'The source is in use', advice: inUse },
  'tag.slug_taken': slugTaken,
  'section.external_id_taken': externalIdTaken,
  'editor.external_id_taken': externalIdTaken,
  'source.external_id_taken': externalIdTaken,
  'tag.external_id_taken': externalIdTaken,
  'tag.name_taken': {
    status: 409,
    title: 'The name is taken',
    advice: 'Use the tag that has this name, or choose another name.',
  },
  'tag.in_use': { status: 409, title: 'The tag is in use', advice: inUse },
  'search.term_taken': {
    status: 409,
    title: 'The word is known already',
    advice: 'There is nothing to do; `GET /v1/search/terms` lists the words that were taught.',
  },
  'search.too_many_terms': {
    status: 409,
    title: 'There are as many taught words as there may be',
    advice: 'Delete words that are no longer needed first.',
  },
  'reference.not_found': {
    status: 422,
    title: 'Something referred to does not exist',
    advice: 'Create what `errors` points at first, or refer to something that exists (slug or id).',
  },
  'body.invalid': {
    status: 422,
    title: 'The body text cannot be read',
    advice: 'Correct the body text where `errors` points, or send it in another form.',
  },
  'import.not_text': {
    status: 422,
    title: 'The page is not text',
    advice: 'Send the page as text in UTF-8 or GB18030.',
  },
  'import.incomplete': {
    status: 422,
    title: 'The page lacks something an article needs',
    advice: 'Add to the page what `errors` lists as missing; nothing was stored.',
  },
  'server.unavailable': { status: 503, title: 'The service is not available', advice: 'Try again a little later.' },
  'server.overloaded': {
    status: 503,
    title: 'There is more to do than can be done',
    advice: 'Send the request again after `Retry-After` seconds; nothing of it was carried out.',
  },
  'server.error': {
    status: 500,
    title: 'Something went wrong on our side',
    advice: 'Try again; if it stays, report the `requestId`.',
  },
} as const satisfies Record<string, Kind>;

export type ProblemCode = keyof typeof problemKinds;
