// Operations on raising what is promised of an API: somebody asks, institutions confirm, somebody else decides, for reasons that everybody sees. Rows of operations.ts. What
// belongs together and which conditions hold is decided in #catalogue.
import { formatInstant } from '#base/clock.ts';
import { problem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { ok, type Result } from '#base/result.ts';
import { didYouMean } from '#base/text.ts';
import { changesInForce, keptChange } from '#catalogue/announcements.ts';
import { noticeEntry, noticeOfPromotion } from '#catalogue/compose-notice.ts';
import type { Change, Status, Words } from '#catalogue/contract.ts';
import { hitDays, hitsOf, sinceDay } from '#catalogue/impact.ts';
import {
  promotionChecks,
  promotionTargets,
  raisedWith,
  wrongStep,
  type Promotion,
  type PromotionCheck,
} from '#catalogue/promotion.ts';
import { wholeApi } from '#catalogue/status-rules.ts';
import { administers } from './actor.ts';
import { badMembers, holdsNationalId, isMembers, readBody, readReason, type Body } from './body.ts';
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
import { findOrganisation } from './organisations.ts';
import type { AnnouncingPort, RegisterEntry } from './ports.ts';

const valueOf = ({ value }: RegisterEntry): Promotion => value as Promotion;

const allOf = async (call: AdminCall): Promise<readonly RegisterEntry[]> =>
  call.ports.platform.registerEntries({ kind: 'promotion' });

const checksOf = async (
  call: AdminCall,
  port: AnnouncingPort,
  promotion: Promotion,
): Promise<readonly PromotionCheck[]> => {
  if (promotion.decision !== null) return promotion.decision.checks;
  const api = port.catalogue.apis.get(promotion.api);
  if (api === undefined) return [];
  const known = port.known(promotion.api);
  const kept = (await call.ports.platform.registerEntries({ kind: 'change' })).map(keptChange);
  const changes: readonly Change[] = changesInForce(port.delivered(), kept);
  return promotionChecks(promotion, {
    api,
    structure: known?.structure ?? null,
    undescribed: known?.undescribed ?? new Set(),
    thresholds: port.catalogue.thresholds,
    changes: changes.filter((change) => change.api === promotion.api),
    approved: (await allOf(call))
      .filter(({ state }) => state === 'approved')
      .map(valueOf)
      .filter((one) => one.api === promotion.api),
    now: call.ports.clock.now(),
  });
};

const show = async (call: AdminCall, port: AnnouncingPort, entry: RegisterEntry): Promise<object> => {
  const promotion = valueOf(entry);
  const { askedBy: _by, decision, confirmations, ...said } = promotion;
  return {
    ...said,
    state: entry.state,
    askedAt: formatInstant(promotion.askedAt),
    confirmations: confirmations.map(({ institution, text, at }) => ({ institution, text, at: formatInstant(at) })),
    checks: await checksOf(call, port, promotion),
    decision: decision === null ? null : { at: formatInstant(decision.at), reasons: decision.reasons },
  };
};

const listed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const port = call.ports.announcing;
  if (port === null) return notHere();
  const state = call.query.get('state');
  const shown = new Map<string, object>();
  const entries = (await allOf(call)).filter(
    (entry) => (state === null || entry.state === state) && administers(call.actor, valueOf(entry).applicant),
  );
  for (const entry of entries) shown.set(entry.id, await show(call, port, entry));
  return pageOfList(call, entries, placeByAge, ({ id }) => shown.get(id));
};

const checkPublic = (body: Body, at: string, text: string): void => {
  if (holdsNationalId(text)) body.errors.push({ at, message: 'must not hold a national id: everybody sees it' });
};

const readText = (body: Body, name: string): string => {
  const text = body.text(name, limits.changeTextLength)?.trim() ?? '';
  if (text === '') body.errors.push({ at: `/${name}`, message: 'is needed: everybody sees it' });
  else checkPublic(body, `/${name}`, text);
  return text;
};

const asked = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const { ports, actor } = call;
  const port = ports.announcing;
  if (port === null) return notHere();
  const body = readBody(call.body, [
    'organisation',
    'api',
    'coordinates',
    'to',
    'need',
    'use',
    'institution',
    'dryRun',
    'reason',
  ]);
  const organisation = await findOrganisation(call, body.text('organisation', 200) ?? actor.organisation ?? '');
  if (!organisation.ok) return organisation;
  const named = body.text('api', 200) ?? '';
  const api = port.catalogue.apis.get(named);
  const to = promotionTargets.find((one) => one === body.text('to', 20));
  const wanted = [...new Set(body.texts('coordinates') ?? [wholeApi])];
  const [need, use, institution] = [readText(body, 'need'), readText(body, 'use'), readText(body, 'institution')];
  const dryRun = body.flag('dryRun') === true;
  const reason = readReason(body);
  if (to === undefined) body.errors.push({ at: '/to', message: `must be one of ${promotionTargets.join(', ')}` });
  if (wanted.length === 0 || wanted.length > limits.changeParts)
    body.errors.push({ at: '/coordinates', message: `name 1 to ${limits.changeParts} parts; * is all of the API` });
  if (api === undefined) {
    body.errors.push({
      at: '/api',
      message: `there is no API ${named}${didYouMean(named, port.catalogue.apis.keys())}`,
    });
    return badMembers(body.errors);
  }
  const known = port.known(named);
  const statusOf = (coordinate: string): Status => port.parts.of(named)?.get(coordinate) ?? api.status;
  for (const [index, coordinate] of wanted.entries())
    if (coordinate !== wholeApi && port.parts.of(named)?.has(coordinate) !== true)
      body.errors.push({
        at: `/coordinates/${index}`,
        message: `${named} has no part ${coordinate.slice(0, 200)}${didYouMean(coordinate, port.parts.of(named)?.keys() ?? [])}`,
      });
  if (to === undefined || body.errors.length > 0) return badMembers(body.errors);
  const step = wrongStep(wanted.map(statusOf), to);
  if (step !== null) return badMembers([{ at: '/to', message: stepTexts[step] }]);
  const now = ports.clock.now();
  const promotion: Promotion = {
    id: `promotion-${ports.random.bytes(8).toString('hex')}`,
    api: named,
    asked: wanted,
    coordinates: raisedWith(known?.structure ?? null, wanted, to),
    from: statusOf(wanted[0] ?? wholeApi),
    to,
    need,
    use,
    applicant: organisation.value.id,
    institution,
    askedAt: now,
    askedBy: actor.name,
    confirmations: [],
    decision: null,
  };
  const entry: RegisterEntry = {
    kind: 'promotion',
    id: promotion.id,
    revision: 1,
    organisation: promotion.applicant,
    application: null,
    state: 'asked',
    createdAt: now,
    changedAt: now,
    value: promotion,
  };
  if (dryRun) return reply(await show(call, port, entry), { status: 200 });
  const { id } = organisation.value;
  const open = await ports.platform.registerEntries({ kind: 'promotion', organisation: id, state: 'asked' });
  if (open.length >= limits.promotionsOpen)
    return refuse(
      problem('HUB-409', `${id} has ${open.length} promotions that nobody has decided, which is as many as it may.`),
    );
  const subject = `${promotion.id} ${named} ${to}: ${wanted.join(', ')}`.slice(0, 500);
  await decide(call, { subject, reason, organisations: [promotion.applicant] }, () =>
    ports.platform.putRegister({ entries: [entry] }),
  );
  return reply(await show(call, port, entry), { status: 201, organisation: promotion.applicant });
};

const stepTexts = {
  already: 'it is promised as firmly already',
  'skips-beta': 'some of it is less than beta: what is to be in production is in beta first',
  over: 'some of it is retiring: that is not raised any more',
} as const;

const find = async (call: AdminCall, isHis: boolean): Promise<Result<RegisterEntry>> => {
  const id = call.params['promotion'] ?? '';
  const entry = await call.ports.platform.registerEntry('promotion', id);
  if (entry === null || (isHis && !administers(call.actor, valueOf(entry).applicant)))
    return missing(`There is no promotion ${id}.`);
  return entry.state === 'asked' ? ok(entry) : refuse(problem('HUB-409', `${id} is ${entry.state} already.`));
};

const put = async (
  call: AdminCall,
  port: AnnouncingPort,
  entry: RegisterEntry,
  {
    state,
    value,
    subject,
    reason,
    more = [],
  }: {
    readonly state: string;
    readonly value: Promotion;
    readonly subject: string;
    readonly reason: string;
    readonly more?: readonly RegisterEntry[];
  },
): Promise<Result<AdminReply>> => {
  const { platform, clock } = call.ports;
  const next = { ...entry, revision: entry.revision + 1, state, changedAt: clock.now(), value };
  let kept = false;
  await decide(call, { subject, reason, organisations: [value.applicant] }, async () => {
    kept = await platform.putRegister({ entries: [next, ...more] });
  });
  if (!kept) return refuse(problem('HUB-409', 'Somebody else has changed it meanwhile: look at it once more.'));
  if (more.length > 0) port.tell();
  return reply(await show(call, port, next), { organisation: value.applicant });
};

/** An institution says that it has tried it: in the name of its organisation, by an administrator of it. */
const confirmed = async (call: AdminCall): Promise<Result<AdminReply>> => {
  const port = call.ports.announcing;
  if (port === null) return notHere();
  const found = await find(call, false);
  if (!found.ok) return found;
  const body = readBody(call.body, ['organisation', 'text', 'reason']);
  const organisation = await findOrganisation(call, body.text('organisation', 200) ?? call.actor.organisation ?? '');
  if (!organisation.ok) return organisation;
  const text = readText(body, 'text');
  const reason = readReason(body);
  if (body.errors.length > 0) return badMembers(body.errors);
  const promotion = valueOf(found.value);
  const { id } = organisation.value;
  if (promotion.confirmations.some(({ institution }) => institution === id))
    return refuse(problem('HUB-409', `${id} has confirmed it already.`));
  const value: Promotion = {
    ...promotion,
    confirmations: [
      ...promotion.confirmations,
      { institution: id, text, at: call.ports.clock.now(), by: call.actor.name },
    ],
  };
  return put(call, port, found.value, { state: 'asked', value, subject: `${promotion.id} ${id}`, reason });
};

const readReasons = (body: Body): Words => {
  const given = body.value('reasons');
  const members = readBody(isMembers(given) ? given : {}, ['nb', 'nn', 'en'], body.errors, '/reasons');
  const [nb = '', nn, en = ''] = (['nb', 'nn', 'en'] as const).map((name) =>
    members.text(name, limits.changeTextLength)?.trim(),
  );
  for (const [name, text] of [
    ['nb', nb],
    ['en', en],
  ] as const)
    if (text.length < 3) body.errors.push({ at: `/reasons/${name}`, message: 'is needed: everybody sees why' });
  for (const [name, text] of Object.entries({ nb, nn: nn ?? '', en })) checkPublic(body, `/reasons/${name}`, text);
  return nn === undefined ? { nb, en } : { nb, nn, en };
};

const decided =
  (state: 'approved' | 'refused') =>
  async (call: AdminCall): Promise<Result<AdminReply>> => {
    const { ports, actor } = call;
    const port = ports.announcing;
    if (port === null) return notHere();
    const found = await find(call, false);
    if (!found.ok) return found;
    const promotion = valueOf(found.value);
    const body = readBody(call.body, ['reasons', 'reason']);
    const reasons = readReasons(body);
    const reason = readReason(body);
    if (body.errors.length > 0) return badMembers(body.errors);
    if (actor.name === promotion.askedBy)
      return refuse(problem('HUB-409', 'Whoever asks does not decide: somebody else has to.'));
    const checks = await checksOf(call, port, promotion);
    const failing = checks.filter(({ holds }) => !holds);
    if (state === 'approved' && failing.length > 0)
      return refuse(
        problem(
          'HUB-409',
          `Not every condition holds: ${failing.map(({ id, needed, found: is }) => `${id} (${needed.en}: ${is.en})`).join('; ')}.`,
        ),
      );
    const api = port.catalogue.apis.get(promotion.api);
    if (api === undefined) return refuse(problem('HUB-409', `There is no API ${promotion.api} any more.`));
    const now = ports.clock.now();
    const value: Promotion = { ...promotion, decision: { at: now, reasons, checks } };
    const uses = await port.uses(promotion.api, sinceDay(now, hitDays));
    const affected = hitsOf(promotion.coordinates, uses).map(({ application }) => application);
    const notice = noticeOfPromotion(value, state, { api, now, affected });
    return put(call, port, found.value, {
      state,
      value,
      subject: `${promotion.id} ${state}`,
      reason,
      more: [noticeEntry(notice)],
    });
  };

const common = { tag: 'Promotions', method: 'POST', reply: 'Promotion', status: 200 } as const;
const path = '/admin/promotions/{promotion}';

/** The rows. */
export const promotionOperations: readonly Operation[] = [
  {
    id: 'listPromotions',
    word: 'promotion list',
    method: 'GET',
    path: '/admin/promotions',
    needs: 'read',
    tag: 'Promotions',
    summary:
      'What was asked to be promised more firmly by organisations that the caller administers, with how each condition stands.',
    query: [
      { name: 'state', description: 'Only those in this state.', schema: { enum: ['asked', 'approved', 'refused'] } },
    ],
    reply: 'PromotionList',
    status: 200,
    paged: true,
    handle: listed,
  },
  {
    ...common,
    id: 'askPromotion',
    word: 'promotion ask',
    path: '/admin/promotions',
    needs: 'write',
    summary:
      'Asks for parts of an API to be promised more firmly, with the need, the use and the institution that tries it. All that they lean on is proposed with them. With dryRun nothing is asked for.',
    body: 'NewPromotion',
    status: 201,
    handle: asked,
  },
  {
    ...common,
    id: 'confirmPromotion',
    word: 'promotion confirm',
    path: `${path}/confirm`,
    needs: 'write',
    summary: 'An institution says that it has tried what is to be promised.',
    body: 'PromotionConfirmation',
    handle: confirmed,
  },
  {
    ...common,
    id: 'approvePromotion',
    word: 'promotion approve',
    path: `${path}/approve`,
    needs: 'platform',
    summary:
      'Approves it, by another than the one who asked, when every condition holds. Decision, reasons and conditions are public.',
    body: 'PromotionDecision',
    handle: decided('approved'),
  },
  {
    ...common,
    id: 'refusePromotion',
    word: 'promotion refuse',
    path: `${path}/refuse`,
    needs: 'platform',
    summary: 'Refuses it, by another than the one who asked, for reasons that are public.',
    body: 'PromotionDecision',
    handle: decided('refused'),
  },
];
