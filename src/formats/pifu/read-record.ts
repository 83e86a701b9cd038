// Records of PIFU-IMS from the elements that a file has: what must be there, what may be otherwise than the schema says, and what is kept back since
// its meaning would be lost. Called by read-pifu.ts with small trees. Knows no XML and no model; never repeats a value.
import type { ErrorCode } from '#base/errors.ts';
import type { RosterDate } from '../roster.ts';
import type { XmlElement } from '../xml/read-xml.ts';
import type {
  PifuAbsence,
  PifuAddress,
  PifuFinding,
  PifuGroup,
  PifuHead,
  PifuId,
  PifuMember,
  PifuPerson,
  PifuResult,
  PifuRole,
  Typed,
} from './record.ts';
import {
  absenceClasses,
  absenceModes,
  absenceUnits,
  changes,
  contactKinds,
  fileTypes,
  genders,
  groupTypes,
  phoneKinds,
  roleTypes,
  schoolKinds,
  statuses,
  subroles,
  type PifuVersion,
} from './read-words.ts';

export type Tell = (finding: PifuFinding) => void;

const longestId = 256;
const dateShape = /^(\d{4})-(\d{2})-(\d{2})(?:$|T|Z|[+-]\d\d:)/;

const child = (node: XmlElement | undefined, name: string): XmlElement | undefined => {
  if (node === undefined) return undefined;
  for (const one of node.children) if (one.name === name) return one;
  return undefined;
};

const children = (node: XmlElement | undefined, name: string): readonly XmlElement[] =>
  node === undefined ? [] : node.children.filter((one) => one.name === name);

const textOf = (node: XmlElement | undefined): string | null => {
  const text = node?.text.trim() ?? '';
  return text === '' ? null : text;
};

const word = (text: string | null | undefined): string => (text ?? '').trim().toLowerCase().replaceAll(/[\s_]/g, '');

/** A date with or without a time; undefined when there is something else. */
const dateOf = (node: XmlElement | undefined): RosterDate | null | undefined => {
  const text = textOf(node);
  if (text === null) return null;
  const [, year, month, day] = dateShape.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  return Number(month) >= 1 && Number(day) >= 1 && Number(day) <= daysOf(Number(year), Number(month))
    ? `${year}-${month}-${day}`
    : undefined;
};

const daysOf = (year: number, month: number): number =>
  month === 2
    ? (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
      ? 29
      : 28
    : month > 12
      ? 0
      : [4, 6, 9, 11].includes(month)
        ? 30
        : 31;

const idOf = (node: XmlElement | undefined): PifuId | null => {
  const source = textOf(child(node, 'source'));
  const id = textOf(child(node, 'id'));
  return id === null || id.length > longestId || (source ?? '').length > longestId
    ? null
    : { source: source ?? '', id };
};

type Ids = {
  readonly id: PifuId;
  readonly former: readonly PifuId[];
  readonly duplicates: readonly PifuId[];
};

/** The one that counts is without a type or New, whichever stands first. */
const idsOf = (node: XmlElement): Ids | null => {
  let id: PifuId | null = null;
  const former: PifuId[] = [];
  const duplicates: PifuId[] = [];
  for (const one of children(node, 'sourcedid')) {
    const found = idOf(one);
    if (found === null) return null;
    switch (word(one.attributes['sourcedidtype'])) {
      case 'old':
        former.push(found);
        break;
      case 'duplicate':
        duplicates.push(found);
        break;
      default:
        if (id === null) id = found;
        else duplicates.push(found);
    }
  }
  return id === null ? null : { id, former, duplicates };
};

const changeOf = (node: XmlElement): ReturnType<typeof changes.get> | null => {
  const text = node.attributes['recstatus'];
  return text === undefined || text.trim() === '' ? null : changes.get(word(text));
};

const typed = (nodes: readonly XmlElement[], value: (node: XmlElement) => string | null = textOf): readonly Typed[] =>
  nodes.flatMap((node) => {
    const text = value(node);
    return text === null ? [] : [{ type: (node.attributes['type'] ?? '').trim(), value: text }];
  });

const typedValues = (nodes: readonly XmlElement[]): readonly Typed[] =>
  typed(nodes, (node) => textOf(child(node, 'pifu_value')) ?? textOf(node));

type Teller = {
  readonly keep: (code: ErrorCode, line: number, reason: string) => null;
  readonly warn: (code: ErrorCode, line: number, reason: string) => void;
};

const teller = (tell: Tell, what: PifuFinding['what']): Teller => ({
  keep: (code, line, reason) => {
    tell({ severity: 'kept-back', code, line, what, reason });
    return null;
  },
  warn: (code, line, reason) => tell({ severity: 'warning', code, line, what, reason }),
});

/** The head of a file; null when it cannot be gone on from. */
export const readHead = (node: XmlElement, version: PifuVersion, tell: Tell): PifuHead | null => {
  const say = teller(tell, 'file');
  const type = fileTypes.get(word(textOf(child(node, 'type'))));
  if (type === undefined) return say.keep('HUB-632', node.line, 'properties/type is neither full, delta nor event');
  const at = textOf(child(node, 'datetime'));
  const known = at !== null && dateShape.test(at);
  if (!known) say.warn('HUB-638', node.line, 'properties/datetime is missing or no date');
  const source = textOf(child(node, 'datasource'));
  if (source === null) say.warn('HUB-638', node.line, 'properties/datasource is missing');
  return {
    kind: 'head',
    line: node.line,
    version,
    source: source ?? '',
    target: textOf(child(node, 'target')),
    type,
    at: known ? at : null,
  };
};

/** A person; null when it was kept back. */
export const readPerson = (node: XmlElement, tell: Tell): PifuPerson | null => {
  const say = teller(tell, 'person');
  const ids = idsOf(node);
  if (ids === null) return say.keep('HUB-632', node.line, 'sourcedid with an id is missing, or too long');
  const change = changeOf(node);
  if (change === undefined) return say.keep('HUB-632', node.line, 'recstatus is neither 1, 2 nor 3');
  const name = child(node, 'name');
  const parts = child(name, 'n');
  const given = textOf(child(parts, 'given'));
  const family = textOf(child(parts, 'family'));
  const full = textOf(child(name, 'fn'));
  // Whoever goes is known by the id alone.
  if ((given === null || family === null) && change !== 'delete')
    return say.keep('HUB-632', node.line, 'name/n has no given or no family name');
  const demographics = child(node, 'demographics');
  const genderText = textOf(child(demographics, 'gender'));
  const gender = genderText === null ? 'unknown' : genders.get(word(genderText));
  if (gender === undefined) say.warn('HUB-637', node.line, 'demographics/gender is neither 0, 1 nor 2');
  const birthDate = dateOf(child(demographics, 'bday'));
  if (birthDate === undefined) say.warn('HUB-637', node.line, 'demographics/bday is no date');
  const extension = child(node, 'extension');
  const userIds: Typed[] = [];
  for (const one of children(node, 'userid')) {
    const value = textOf(one);
    if (value === null) continue;
    const type = (one.attributes['useridtype'] ?? '').trim();
    if (type === '') say.warn('HUB-638', one.line, 'userid without useridtype, left out');
    else userIds.push({ type: type.toLowerCase(), value });
  }
  const phones: { kind: 'voice' | 'mobile'; number: string }[] = [];
  for (const one of children(node, 'tel')) {
    const number = textOf(one);
    // Without a type it is a telephone as any other.
    const kind = phoneKinds.get(word(one.attributes['teltype'] ?? '1'));
    if (kind === undefined) say.warn('HUB-637', one.line, 'tel of an unknown teltype');
    else if (number !== null && kind !== 'fax') phones.push({ kind, number });
  }
  const contacts: { id: PifuId; kind: 'guardian' | 'next-of-kin' }[] = [];
  for (const one of children(extension, 'pifu_hasContactPerson')) {
    const id = idOf(child(one, 'sourcedid'));
    const kind = contactKinds.get(word(one.attributes['type']));
    if (id === null || kind === undefined)
      say.warn('HUB-637', one.line, 'pifu_hasContactPerson without type or sourcedid');
    else contacts.push({ id, kind });
  }
  return {
    kind: 'person',
    line: node.line,
    change: change ?? null,
    ...ids,
    userIds,
    given: given ?? '',
    family: family ?? '',
    full: full ?? [given, family].filter((part) => part !== null).join(' '),
    gender: gender ?? 'unknown',
    birthDate: birthDate ?? null,
    email: textOf(child(node, 'email')),
    emails: typed(children(extension, 'pifu_email')),
    phones,
    typedPhones: typed(children(extension, 'pifu_tel')),
    preferredLanguage: textOf(child(extension, 'pifu_preferredLanguage')),
    nativeLanguages: children(extension, 'pifu_nativeTongue').flatMap((one) => textOf(one) ?? []),
    contacts,
    unread: [
      ...(['adr', 'photo', 'url'] as const).filter((part) => child(node, part) !== undefined),
      ...(['pifu_adr', 'pifu_url', 'pifu_status'] as const).filter((part) => child(extension, part) !== undefined),
    ],
  };
};

const addressOf = (node: XmlElement): PifuAddress => {
  const address = child(node, 'adr') ?? node;
  const box = textOf(child(address, 'pobox'));
  return {
    type: (node.attributes['type'] ?? '').trim(),
    lines: [
      ...(box === null ? [] : [box]),
      ...[...children(address, 'extadd'), ...children(address, 'street')].flatMap((one) => textOf(one) ?? []),
    ],
    postalCode: textOf(child(address, 'pcode')),
    place: textOf(child(address, 'locality')),
  };
};

/** A group, an owner or a school; null when it was kept back. */
export const readGroup = (node: XmlElement, tell: Tell): PifuGroup | null => {
  const say = teller(tell, 'group');
  const ids = idsOf(node);
  if (ids === null) return say.keep('HUB-632', node.line, 'sourcedid with an id is missing, or too long');
  const change = changeOf(node);
  if (change === undefined) return say.keep('HUB-632', node.line, 'recstatus is neither 1, 2 nor 3');
  const types = new Set<PifuGroup['type']>();
  let ours = 0;
  for (const one of children(node, 'grouptype')) {
    const scheme = groupTypes.get(word(textOf(child(one, 'scheme'))));
    if (scheme === undefined) continue;
    ours += 1;
    const value = child(one, 'typevalue');
    const byLevel = scheme.get(word(value?.attributes['level']).replace(/^0+/, ''));
    const byText = scheme.get(word(textOf(value)));
    if (byLevel !== undefined && byText !== undefined && byLevel !== byText)
      return say.keep('HUB-632', one.line, 'grouptype says two things: level and text of typevalue differ');
    const found = byLevel ?? byText;
    if (found !== undefined) types.add(found);
  }
  const [type] = types;
  if (ours === 0) return say.keep('HUB-632', node.line, 'grouptype of a scheme of PIFU-IMS is missing');
  if (type === undefined) return say.keep('HUB-632', node.line, 'grouptype is none that PIFU-IMS knows');
  if (types.size > 1) return say.keep('HUB-632', node.line, 'grouptype says two things');
  const description = child(node, 'description');
  const short = textOf(child(description, 'short')) ?? textOf(child(description, 'long'));
  if (short === null && change !== 'delete') return say.keep('HUB-632', node.line, 'description/short is missing');
  const timeframe = child(node, 'timeframe');
  const begin = dateOf(child(timeframe, 'begin'));
  const end = dateOf(child(timeframe, 'end'));
  if (begin === undefined || end === undefined)
    say.warn('HUB-637', timeframe?.line ?? node.line, 'timeframe has no dates');
  const parents: PifuId[] = [];
  for (const one of children(node, 'relationship')) {
    const relation = (one.attributes['relation'] ?? '1').trim();
    const id = idOf(child(one, 'sourcedid'));
    // 3 is another name for the same group.
    if (id !== null && (relation === '1' || relation === '')) parents.push(id);
  }
  const extension = child(node, 'extension');
  return {
    kind: 'group',
    line: node.line,
    change: change ?? null,
    ...ids,
    type,
    short: short ?? '',
    long: textOf(child(description, 'long')),
    full: textOf(child(description, 'full')),
    begin: begin ?? null,
    end: end ?? null,
    adminPeriod: textOf(child(timeframe, 'adminperiod')),
    email: textOf(child(node, 'email')),
    url: textOf(child(node, 'url')),
    parents,
    ids: typedValues(children(extension, 'pifu_id')),
    names: typedValues(children(extension, 'pifu_name')),
    emails: typed(children(extension, 'pifu_email')),
    urls: typed(children(extension, 'pifu_url')),
    phones: typed(children(extension, 'pifu_tel')),
    addresses: children(extension, 'pifu_adr').map(addressOf),
    schoolKinds: children(extension, 'pifu_schoolType').flatMap((one) => schoolKinds.get(word(textOf(one))) ?? []),
  };
};

/** The id that a membership is of. */
export const readHolder = (node: XmlElement): PifuId | null => idOf(node);

const readAbsence = (node: XmlElement, tell: Tell): PifuAbsence | null => {
  const say = teller(tell, 'absence');
  const type = child(node, 'pifu_absence_type');
  const mode = absenceModes.get(word(node.attributes['pifu_absence_mode']).replace('mode', ''));
  const unit = absenceUnits.get(word(textOf(type)));
  const value = textOf(child(node, 'pifu_absence_value'));
  const timeframe = child(node, 'timeframe');
  const begin = dateOf(child(timeframe, 'begin'));
  const end = dateOf(child(timeframe, 'end'));
  if (mode === undefined)
    return say.keep('HUB-632', node.line, 'pifu_absence_mode is neither aggregate nor occurrence');
  if (unit === undefined) return say.keep('HUB-632', node.line, 'pifu_absence_type is neither days nor hours');
  if (value === null || !/^[+-]?\d+(?:[.,]\d+)?$/.test(value))
    return say.keep('HUB-632', node.line, 'pifu_absence_value is no number');
  if (typeof begin !== 'string' || end === undefined)
    return say.keep('HUB-632', node.line, 'timeframe of an absence has no dates');
  if (end !== null && end < begin)
    return say.keep('HUB-635', node.line, 'timeframe of an absence ends before it begins');
  const valid = absenceClasses.get(word(type?.attributes['pifu_absence_classification']));
  return {
    line: node.line,
    id: idOf(child(node, 'sourcedid')),
    mode,
    unit,
    valid: valid === undefined ? null : valid === 'valid',
    begin,
    end: end ?? begin,
    value: value.replace(',', '.'),
    comment: textOf(child(node, 'comments')),
  };
};

const readResult = (node: XmlElement, final: boolean, tell: Tell): PifuResult | null => {
  const value = textOf(child(node, 'result'));
  if (value === null) return teller(tell, 'result').keep('HUB-632', node.line, 'a result has no result');
  const type = (node.attributes['resulttype'] ?? '').trim();
  return {
    line: node.line,
    final,
    type: type === '' ? null : type,
    mode: textOf(child(node, 'mode')),
    value,
    comment: textOf(child(node, 'comments')),
  };
};

const readRole = (node: XmlElement, tell: Tell): PifuRole | null => {
  const say = teller(tell, 'membership');
  const type = roleTypes.get(word(node.attributes['roletype']));
  if (type === undefined) return say.keep('HUB-632', node.line, 'role has no roletype that PIFU-IMS knows');
  const change = changeOf(node);
  if (change === undefined) return say.keep('HUB-632', node.line, 'recstatus is neither 1, 2 nor 3');
  const statusText = textOf(child(node, 'status'));
  const active = statusText === null ? true : statuses.get(word(statusText));
  if (active === undefined) return say.keep('HUB-632', node.line, 'role/status is neither 0 nor 1');
  const timeframe = child(node, 'timeframe');
  const begin = dateOf(child(timeframe, 'begin'));
  const end = dateOf(child(timeframe, 'end'));
  if (begin === undefined || end === undefined)
    return say.keep('HUB-632', timeframe?.line ?? node.line, 'role/timeframe has something that is no date');
  if (begin !== null && end !== null && end < begin && change !== 'delete')
    return say.keep('HUB-635', node.line, 'role/timeframe ends before it begins');
  const extension = child(node, 'extension');
  const subroleText = textOf(child(node, 'subrole'));
  const subrole = subroleText === null ? null : subroles.get(word(subroleText));
  if (subrole === undefined) say.warn('HUB-637', node.line, 'role/subrole is none that PIFU-IMS knows');
  return {
    line: node.line,
    change: change ?? null,
    type,
    subrole: subrole ?? null,
    active,
    begin,
    end,
    date: dateOf(child(node, 'datetime')) ?? null,
    primary: word(textOf(child(extension, 'pifu_primaryRelation'))) === '1',
    absences: children(extension, 'pifu_absence').flatMap((one) => readAbsence(one, tell) ?? []),
    results: node.children.flatMap((one) =>
      one.name === 'interimresult' || one.name === 'finalresult'
        ? (readResult(one, one.name === 'finalresult', tell) ?? [])
        : [],
    ),
  };
};

/** One member with what he is; null when nothing of it was taken. */
export const readMember = (node: XmlElement, holder: PifuId, tell: Tell): PifuMember | null => {
  const say = teller(tell, 'membership');
  const person = idOf(child(node, 'sourcedid'));
  if (person === null) return say.keep('HUB-632', node.line, 'member/sourcedid with an id is missing, or too long');
  const idType = word(textOf(child(node, 'idtype')) ?? '1');
  if (idType === '2' || idType === 'group') return say.keep('HUB-636', node.line, 'a group as a member of a group');
  if (idType !== '1' && idType !== 'person') return say.keep('HUB-632', node.line, 'member/idtype is neither 1 nor 2');
  const roles = children(node, 'role');
  if (roles.length === 0) return say.keep('HUB-632', node.line, 'member without a role');
  const read = roles.flatMap((one) => readRole(one, tell) ?? []);
  return read.length === 0 ? null : { kind: 'member', line: node.line, holder, person, roles: read };
};
