// Operations on quality: how well an organisation's data hang together, with examples and history. Rows of operations.ts.
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { notHere, reply, type AdminCall, type AdminReply, type Operation } from './call.ts';
import { findOrganisation } from './organisations.ts';
import type { QualityPort, QualityQuery, TrendQuery } from './ports.ts';

type Asked = { readonly id: string; readonly quality: QualityPort; readonly query: QualityQuery & TrendQuery };

const dayForm = /^\d{4}-\d{2}-\d{2}$/;

/** The organisation of the address, and what the query narrows the question to. */
const askedOf = async (call: AdminCall): Promise<Result<Asked>> => {
  const found = await findOrganisation(call, call.params['organisation'] ?? '');
  if (!found.ok) return found;
  const { quality, model } = call.ports;
  if (quality === null) return notHere();
  const [collection, part, rule, from, to] = ['collection', 'part', 'rule', 'from', 'to'].map(
    (name) => call.query.get(name) ?? undefined,
  );
  const errors = [
    ...(collection !== undefined && !model.collections.has(collection.toLowerCase())
      ? [{ at: 'collection', message: 'the model has no such class' }]
      : []),
    ...(part !== undefined && part !== 'links' && part !== 'rules'
      ? [{ at: 'part', message: 'must be links or rules' }]
      : []),
    ...[
      ['from', from],
      ['to', to],
    ].flatMap(([at = '', day]) =>
      day !== undefined && !dayForm.test(day) ? [{ at, message: 'must be a day as 2026-08-01' }] : [],
    ),
  ];
  if (errors.length > 0) return failed(problem('HUB-103', 'A parameter is not right.', { errors }));
  const query: QualityQuery & TrendQuery = {
    ...(collection === undefined ? {} : { collection: collection.toLowerCase() }),
    ...(part === 'links' || part === 'rules' ? { part } : {}),
    ...(rule === undefined ? {} : { rule }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
  return ok({ id: found.value.id, quality, query });
};

const types = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;

/** The same as text when that is what the query asks for; null when it is not. */
const asText = async (
  call: AdminCall,
  { id, quality, query }: Asked,
  what: 'summary' | 'samples' | 'trend',
): Promise<Result<AdminReply> | null> => {
  const format = call.query.get('format');
  if (format !== 'csv' && format !== 'ndjson') return null;
  return reply(await quality.text(id, what, format, query), { type: types[format] });
};

const summarised = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const { id, quality, query } = asked.value;
  const text = await asText(call, asked.value, 'summary');
  if (text !== null) return text;
  const summary = await quality.summary(id, query);
  const lines = summary.lines.map(({ target, ...line }) => ({
    ...line,
    target:
      target === null
        ? null
        : { ...target, syncedAt: target.syncedAt === null ? null : formatInstant(target.syncedAt) },
  }));
  return reply({ ...summary, at: formatInstant(summary.at), lines }, { count: lines.length });
};

const sampled = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const text = await asText(call, asked.value, 'samples');
  if (text !== null) return text;
  const items = await asked.value.quality.samples(asked.value.id, asked.value.query);
  return reply({ items, next: null }, { count: items.length });
};

const told = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const asked = await askedOf(call);
  if (!asked.ok) return asked;
  const text = await asText(call, asked.value, 'trend');
  if (text !== null) return text;
  const items = await asked.value.quality.trend(asked.value.id, asked.value.query);
  return reply({ items, next: null }, { count: items.length });
};

const path = '/admin/organisations/{organisation}/quality';
const common = { method: 'GET', needs: 'read', tag: 'Quality', status: 200 } as const;
const text = { type: 'string' } as const;
const narrowed = [
  { name: 'collection', description: 'Only this collection.', schema: text },
  { name: 'part', description: 'Only links, or only rules of values.', schema: { enum: ['links', 'rules'] } },
  { name: 'format', description: 'json unless given.', schema: { enum: ['json', 'csv', 'ndjson'] } },
];

/** The rows. */
export const qualityOperations: readonly Operation[] = [
  {
    ...common,
    id: 'showQuality',
    word: 'quality show',
    path,
    summary:
      'How many resources are without findings, what was found, and how far the examination has come; worst first.',
    query: narrowed,
    reply: 'QualitySummary',
    handle: summarised,
  },
  {
    ...common,
    id: 'listQualitySamples',
    word: 'quality samples',
    path: `${path}/samples`,
    summary: 'Examples of what was found, up to twenty of each; never a value.',
    query: narrowed,
    reply: 'QualitySampleList',
    handle: sampled,
  },
  {
    ...common,
    id: 'showQualityTrend',
    word: 'quality trend',
    path: `${path}/trend`,
    summary: 'The numbers by day; the last thirty days unless given.',
    query: [
      ...narrowed,
      { name: 'rule', description: 'Only this rule.', schema: text },
      { name: 'from', description: 'First day.', schema: { type: 'string', format: 'date' } },
      { name: 'to', description: 'Last day.', schema: { type: 'string', format: 'date' } },
    ],
    reply: 'QualityPointList',
    handle: told,
  },
];
