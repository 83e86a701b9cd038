// What a consumer of PIFU-IMS or IMS Enterprise files holds after it has read a full file and the deltas that came since: a reader of its own, which takes
// entries one by one and knows nothing of the writers.
import assert from 'node:assert/strict';

export type Held = {
  readonly persons: Map<string, string>;
  readonly groups: Map<string, string>;
  /** By holder, person and type of role. */
  readonly memberships: Map<string, string>;
};

export const nothingHeld = (): Held => ({ persons: new Map(), groups: new Map(), memberships: new Map() });

const firstId = (text: string): string => /<id>([^<]*)<\/id>/.exec(text)?.[1] ?? assert.fail(`no id in ${text}`);

const recstatus = (tag: string): string | null => /\brecstatus="(\d)"/.exec(tag)?.[1] ?? null;

const withoutStatus = (text: string): string => text.replace(/(<(?:person|group|role)\b[^>]*?) recstatus="\d"/g, '$1');

const put = (held: Map<string, string>, key: string, status: string | null, text: string, full: boolean): void => {
  if (full) assert.equal(status, null, 'a full file says nothing of changes');
  else assert.notEqual(status, null, `a delta says what has become of ${key}`);
  // Whoever is told to add what is there, or to change or delete what is not, has been told something wrong.
  if (!full) assert.equal(held.has(key), status !== '1', `${key} ${status}`);
  else assert.ok(!held.has(key), `${key} stands twice`);
  if (status === '3') held.delete(key);
  else held.set(key, withoutStatus(text));
};

/** Reads a file; a full one into nothing, a delta on top of what is held. */
export const readTold = (held: Held, file: string): Held => {
  const full = /<type>full<\/type>/.test(file) || (!/recstatus=/.test(file) && held.persons.size === 0);
  if (full) for (const map of Object.values(held)) map.clear();
  for (const [line, opening = '', kind] of file.matchAll(/(<(person|group|membership)\b[^>]*>).*?<\/\2>/gs)) {
    if (kind === 'person') put(held.persons, firstId(line), recstatus(opening), line, full);
    if (kind === 'group') put(held.groups, firstId(line), recstatus(opening), line, full);
    if (kind === 'membership') {
      const holder = firstId(line);
      for (const [member] of line.matchAll(/<member>.*?<\/member>/gs))
        for (const [role, roleTag = ''] of member.matchAll(/(<role\b[^>]*>).*?<\/role>/g)) {
          const type = /roletype="(\d+)"/.exec(roleTag)?.[1] ?? '';
          if (recstatus(roleTag) === '3') assert.match(role, /<status>0<\/status>/);
          put(held.memberships, `${holder} ${firstId(member)} ${type}`, recstatus(roleTag), role, full);
        }
    }
  }
  return held;
};
