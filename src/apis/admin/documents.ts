// Operations on the documents of applications: whoever has one registers the GraphQL documents that it sends, so that they are tried before something changes, and
// takes them away again. Rows of operations.ts. What they are tried on is the gate's to say.
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { ok, type Result } from '#base/result.ts';
import { didYouMean } from '#base/text.ts';
import { documentEntry, documentOf, removedDocument, type ClientDocument } from '#catalogue/client-document.ts';
import { administers } from './actor.ts';
import { badMembers, holdsNationalId, readBody, readReason, type Body } from './body.ts';
import {
  decide,
  missing,
  notHere,
  pageOfList,
  placeByAge,
  refuse,
  reply,
  type AdminCall,
  type AdminReply,
  type Operation,
} from './call.ts';
import type { Application, DocumentsPort, RegisterEntry } from './ports.ts';

const show = ({ createdAt, owner: _owner, ...document }: ClientDocument): object => ({
  ...document,
  createdAt: formatInstant(createdAt),
});

/** The application of the address when the actor administers its owner. Missing otherwise, whichever it was. */
const findOwn = async (call: AdminCall): Promise<Result<Application>> => {
  const id = call.params['application'] ?? '';
  const found = await call.ports.platform.application(id);
  return found !== null && administers(call.actor, found.owner) ? ok(found) : missing(`There is no application ${id}.`);
};

const standing = async ({ ports }: AdminCall, application: string): Promise<readonly RegisterEntry[]> =>
  ports.platform.registerEntries({ kind: 'document', application, state: 'registered' });

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findOwn(call);
  if (!found.ok) return found;
  const entries = await standing(call, found.value.id);
  return pageOfList(
    call,
    entries.flatMap((entry) => documentOf(entry) ?? []),
    placeByAge,
    show,
  );
};

const flagForm = /^[\w.-]{1,64}$/;
const flagsMost = 20;

const readFlags = (body: Body): readonly string[] => {
  const flags = (body.texts('flags') ?? []).map((flag) => flag.trim().toLowerCase());
  if (flags.length > flagsMost || !flags.every((flag) => flagForm.test(flag)))
    body.errors.push({ at: '/flags', message: `must be at most ${flagsMost} names of flags` });
  return [...new Set(flags)].toSorted();
};

/** The document is right for its API under its flags; what is wrong goes into the body's list. */
const checkText = (body: Body, api: string, flags: readonly string[], text: string, port: DocumentsPort): void => {
  const { errors } = body;
  const known = port.apis();
  if (!known.includes(api)) {
    errors.push({
      at: '/api',
      message: `must be an API that takes documents: ${known.join(', ')}${didYouMean(api, known)}`,
    });
    return;
  }
  // A document stays for years and is read by whoever changes an API: whom it asks for belongs in its variables.
  if (holdsNationalId(text)) errors.push({ at: '/text', message: 'must not hold a national id: use a variable' });
  else for (const message of port.faults(api, flags, text)) errors.push({ at: '/text', message });
};

const registered = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findOwn(call);
  if (!found.ok) return found;
  const { ports } = call;
  const port = ports.documents;
  if (port === null) return notHere();
  const { id: application, owner } = found.value;
  const body = readBody(call.body, ['api', 'name', 'flags', 'text', 'reason']);
  const api = body.text('api', 100) ?? '';
  const name = (body.text('name', 200) ?? '').trim();
  const text = body.text('text', limits.graphqlLength) ?? '';
  const flags = readFlags(body);
  const reason = readReason(body);
  if (name === '') body.errors.push({ at: '/name', message: 'must be 1 to 200 letters' });
  if (text === '' && body.errors.every(({ at }) => at !== '/text'))
    body.errors.push({ at: '/text', message: 'must be a GraphQL document' });
  if (body.errors.length === 0) checkText(body, api, flags, text, port);
  if (body.errors.length > 0) return badMembers(body.errors);
  const others = await standing(call, application);
  const before = others.find((entry) => {
    const other = documentOf(entry);
    return other?.api === api && other.name === name;
  });
  if (before === undefined && others.length >= limits.documentsPerApplication)
    return refuse(
      problem(
        'HUB-409',
        `The application has ${others.length} documents, which is as many as it may: remove one first.`,
      ),
    );
  const now = ports.clock.now();
  const document: ClientDocument = {
    id: before?.id ?? `document-${ports.random.bytes(8).toString('hex')}`,
    application,
    owner,
    api,
    name,
    flags,
    text,
    createdAt: before?.createdAt ?? now,
  };
  const entry = { ...documentEntry(document), revision: (before?.revision ?? 0) + 1, changedAt: now };
  const kept = await keep(call, { entry, owner, reason });
  return kept ? reply(show(document), { organisation: owner, status: 201 }) : changed();
};

const removed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const found = await findOwn(call);
  if (!found.ok) return found;
  const { id: application, owner } = found.value;
  const id = call.params['document'] ?? '';
  const entry = await call.ports.platform.registerEntry('document', id);
  const document = entry === null ? null : documentOf(entry);
  if (entry === null || document === null || document.application !== application)
    return missing(`There is no document ${id}.`);
  const body = readBody(call.body, ['reason']);
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  const kept = await keep(call, { entry: removedDocument(entry, call.ports.clock.now()), owner, reason });
  return kept ? reply(show(document), { organisation: owner }) : changed();
};

type Kept = { readonly entry: RegisterEntry; readonly owner: string; readonly reason: string };

const keep = async (call: AdminCall, { entry, owner, reason }: Kept): Promise<boolean> => {
  let put = false;
  await decide(
    call,
    { subject: `${entry.id} of ${entry.application ?? ''}`, reason, organisations: [owner] },
    async () => {
      put = await call.ports.platform.putRegister({ entries: [entry] });
    },
  );
  return put;
};

const changed = (): Result<AdminReply> =>
  refuse(problem('HUB-409', 'Somebody else has changed the document meanwhile.'));

const path = '/admin/applications/{application}/documents';
const common = { tag: 'Applications', needs: 'write' } as const;

/** The rows. */
export const documentOperations: readonly Operation[] = [
  {
    ...common,
    id: 'listDocuments',
    word: 'document list',
    method: 'GET',
    path,
    needs: 'read',
    summary: 'The GraphQL documents that an application has registered.',
    reply: 'DocumentList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'registerDocument',
    word: 'document register',
    method: 'POST',
    path,
    summary:
      'Registers a GraphQL document that an application sends, to be tried before something changes; one of the same API and name takes its place. Whom it asks for belongs in its variables.',
    body: 'NewDocument',
    reply: 'Document',
    status: 201,
    handle: registered,
  },
  {
    ...common,
    id: 'removeDocument',
    word: 'document remove',
    method: 'DELETE',
    path: `${path}/{document}`,
    summary: 'Takes a document away: it is tried no more, and its text is not kept.',
    body: 'Reason',
    reply: 'Document',
    status: 200,
    handle: removed,
  },
];
