// What the placeholders of examples stand for in the municipality of the sandbox: found through the API itself, when first asked for.
import assert from 'node:assert/strict';
import type { Caller } from '../../e2e/caller.ts';
import { prefix, today, valueOf, type VfsWorld } from './vfs-world.ts';

/** The value of a name; null when nothing is called so. */
export type Known = (name: string) => Promise<string | null>;

type Item = Readonly<Record<string, unknown>>;

const dayMs = 86_400_000;

/** The day of this week: 0 is Monday. */
const weekday = (day: number): string => {
  const now = Date.parse(today());
  const back = (new Date(now).getUTCDay() + 6) % 7;
  return new Date(now + (day - back) * dayMs).toISOString().slice(0, 10);
};

const nothing = (): Promise<string> => Promise.reject(new Error('nothing is known by this name'));

const text = (item: Item | undefined, name: string): string => {
  const value = item?.[name];
  assert.equal(typeof value, 'string', `${name} is missing in ${JSON.stringify(item).slice(0, 300)}`);
  return String(value);
};

export const known = (vfs: VfsWorld, caller: Caller): Known => {
  const { world } = vfs;
  const { pupils, employees } = world.known;
  const lookUp = async (what: string, nin: string): Promise<Item> =>
    valueOf(
      await caller.send('POST', `${prefix}/${what}/lookup`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ nin }),
      }),
    );
  const items = async (address: string): Promise<readonly Item[]> =>
    valueOf(await caller.send('GET', `${prefix}${address}`))['items'] as readonly Item[];
  const first = async (address: string, name: string): Promise<string> => {
    const [one] = await items(address);
    assert.ok(one !== undefined, `${address} is empty`);
    return text(one, name);
  };
  const held = new Map<string, Promise<string>>();
  const ask = (name: string): Promise<string> => {
    const value = held.get(name) ?? (makers[name] ?? nothing)();
    held.set(name, value);
    return value;
  };
  let keys = 0;
  // A file that a token with more scopes had made is not for one with fewer.
  let exporting: Promise<Caller> | null = null;
  const exporter = (): Promise<Caller> => (exporting ??= vfs.as('lms', ['vfs:lmsexport']));
  const startExport = async (): Promise<string> =>
    text(
      valueOf(
        await (
          await exporter()
        ).send('POST', `${prefix}/lms-exports`, {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ format: 'pifu', profile: 'pifu-ims-1.2' }),
        }),
        202,
      ),
      'id',
    );
  /** A run that has come to its end in this state. */
  const endedExport = async (state: string): Promise<string> => {
    const id = await startExport();
    for (;;) {
      const run = valueOf(await (await exporter()).send('GET', `${prefix}/lms-exports/${id}`));
      if (run['state'] === state) return id;
      assert.ok(run['state'] === 'queued' || run['state'] === 'running', JSON.stringify(run).slice(0, 800));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  /** One that has been told, so that later ones are held against it. */
  const readyExport = async (): Promise<string> => {
    const id = await endedExport('ready');
    const { status } = await (await exporter()).send('GET', `${prefix}/lms-exports/${id}/content`);
    assert.equal(status, 200);
    return id;
  };
  /** One that would take away most of what was told before. */
  const heldExport = async (): Promise<string> => {
    await ask('readyExportId');
    await vfs.link('lms', { schools: world.known.schools.slice(0, 1).map(({ systemId }) => systemId) });
    const id = await endedExport('held');
    await vfs.link('lms');
    return id;
  };
  const makers: Readonly<Record<string, () => Promise<string>>> = {
    pupilNin: async () => pupils.ordinary.fodselsnummer,
    pupilId: async () => text(await lookUp('pupils', pupils.ordinary.fodselsnummer), 'id'),
    guardianId: async () => first(`/pupils/${await ask('pupilId')}/guardians`, 'guardianId'),
    employeeNin: async () => employees.teacher.fodselsnummer,
    personId: async () => text(await lookUp('employees', employees.teacher.fodselsnummer), 'id'),
    positionId: async () => first(`/employees/${await ask('personId')}/positions`, 'id'),
    schoolId: async () => first(`/employees/${await ask('personId')}/positions`, 'schoolId'),
    classId: async () => first(`/pupils/${await ask('pupilId')}/groups?type=class`, 'groupId'),
    groupId: async () => ask('classId'),
    schoolYear: async () => {
      const years = await items('/metadata/school-years');
      return text(years.find(({ current }) => current === true) ?? years[0], 'schoolYear');
    },
    membershipId: async () => first(`/memberships?groupId=${await ask('classId')}`, 'id'),
    accessGroupId: async () => first(`/employees/${await ask('personId')}/access-groups`, 'accessGroupId'),
    accessSchoolId: async () => first(`/employees/${await ask('personId')}/access-groups`, 'schoolId'),
    // Of nobody in the municipality.
    newNin: async () => '14851461249',
    guestGroupId: async () => {
      const groups = await items('/metadata/access-groups');
      return text(
        groups.find(({ level, requiresPosition }) => level === 'school' && requiresPosition === false),
        'id',
      );
    },
    readyExportId: readyExport,
    monday: async () => weekday(0),
    friday: async () => weekday(4),
    today: async () => today(),
  };
  // These are other ones each time.
  const fresh: Readonly<Record<string, () => string | Promise<string>>> = {
    newExportId: startExport,
    heldExportId: heldExport,
    key: () => `example-${(keys += 1)}`,
    newEmployeeNumber: () => `9${String((keys += 1)).padStart(5, '0')}`,
  };
  return async (name) => {
    const once = fresh[name];
    if (once !== undefined) return once();
    return Object.hasOwn(makers, name) ? ask(name) : null;
  };
};
