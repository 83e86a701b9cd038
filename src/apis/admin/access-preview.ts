// What an approval would show, before it is given: an invented record of each collection, whole, as it was asked for, and as it would be approved. Rows of
// operations.ts. Reads no data of anybody.
import type { Result } from '#base/result.ts';
import type { AccessTerms } from '#catalogue/access/access-request.ts';
import { sightOf } from '#catalogue/access/packages.ts';
import { sampleRecord } from '#catalogue/access/sample-record.ts';
import type { Collection } from '#model/model.ts';
import { findRequest } from './access-shown.ts';
import { requestPath } from './access-requests.ts';
import { checkWithin, readTerms, termMembers } from './access-terms.ts';
import { badMembers, readBody } from './body.ts';
import { reply, type AdminCall, type AdminReply, type Operation } from './call.ts';
import type { AdminPorts } from './ports.ts';

/** Names of the fields that terms show of a collection. */
const shownBy = ({ packages }: AdminPorts, terms: AccessTerms, { path }: Collection): ReadonlySet<string> =>
  new Set(
    terms.packages
      .flatMap((one) => sightOf(packages, one))
      .filter(({ collection }) => collection === path)
      .flatMap(({ fields }) => fields.map(({ name }) => name)),
  );

const previewed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports } = call;
  const found = await findRequest(call);
  if (!found.ok) return found;
  const { request, isOwner } = found.value;
  const body = readBody(call.body, [...termMembers, 'collection']);
  const wanted = body.text('collection', 200);
  const before = request.approvals.at(-1)?.terms ?? request.asked;
  const approved = readTerms(body, before, ports);
  checkWithin(body, approved, before, ports);
  const touched = [...ports.model.collections.values()].filter(
    (collection) =>
      (wanted === undefined || collection.path === wanted) && shownBy(ports, request.asked, collection).size > 0,
  );
  if (wanted !== undefined && touched.length === 0)
    body.errors.push({ at: '/collection', message: 'is none of those that were asked for' });
  if (body.errors.length > 0) return badMembers(body.errors);
  const items = touched.map((collection) => {
    const record = sampleRecord(ports.model, collection);
    const [asked, left] = [shownBy(ports, request.asked, collection), shownBy(ports, approved, collection)];
    const only = (names: ReadonlySet<string>): object =>
      Object.fromEntries(Object.entries(record).filter(([name]) => names.has(name)));
    return {
      collection: collection.path,
      full: record,
      asked: only(asked),
      approved: only(left),
      withheld: Object.keys(record).filter((name) => !left.has(name)),
    };
  });
  return reply(
    { request: request.id, items },
    { count: items.length, details: request.id, organisation: isOwner ? request.organisation : request.vendor },
  );
};

/** The rows. */
export const accessPreviewOperations: readonly Operation[] = [
  {
    id: 'previewAccessRequest',
    word: 'access preview',
    method: 'POST',
    path: `${requestPath}/preview`,
    needs: 'read',
    tag: 'Access requests',
    summary:
      'What records would look like: an invented one of each collection, whole, as asked for, and as it would be approved with the terms given. Nobody’s data.',
    body: 'AccessPreviewRequest',
    reply: 'AccessPreview',
    status: 200,
    handle: previewed,
  },
];
