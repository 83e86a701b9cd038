// A consumer played: Moodle's reader of IMS Enterprise (LMS facts 9.1). It knows no XML but matches patterns, line by line, in one pass: whom it has not met
// when a membership comes is skipped. By its rules of 2012 or by today's. What it has read stays, so that deltas can follow.

export type MoodleUser = {
  readonly userName: string;
  readonly given: string;
  readonly family: string;
  readonly email: string;
  readonly deleted: boolean;
};
export type MoodleCourse = {
  readonly short: string;
  readonly long: string;
  readonly full: string;
  readonly category: string;
  readonly categoryId: string;
  readonly visible: boolean;
};
export type MoodleEnrolment = { readonly begin: string | null; readonly end: string | null };

export type MoodleSettings = {
  readonly rules: '2012' | 'today';
  /** Files for others are not read; null = any. */
  readonly target: string | null;
  readonly deleteUsers: boolean;
  readonly updateUsers: boolean;
  readonly updateCourses: boolean;
  readonly unenrol: boolean;
  readonly idAsUserName: boolean;
  /** Which roles it has, by the code of IMS. */
  readonly roles: Readonly<Record<string, string>>;
};

export type Moodle = {
  /** False when the file is for somebody else. */
  readonly read: (file: string) => boolean;
  readonly users: ReadonlyMap<string, MoodleUser>;
  readonly courses: ReadonlyMap<string, MoodleCourse>;
  /** By course, user and role. */
  readonly enrolments: ReadonlyMap<string, MoodleEnrolment>;
  readonly skipped: readonly string[];
};

export const usualMoodle: MoodleSettings = {
  rules: '2012',
  target: null,
  deleteUsers: true,
  updateUsers: true,
  updateCourses: true,
  unenrol: true,
  idAsUserName: true,
  roles: {
    '01': 'student',
    '02': 'teacher',
    '04': 'member',
    '05': 'manager',
    '07': 'administrator',
    '08': 'assistant',
  },
};

const one = (pattern: RegExp, text: string): string => pattern.exec(text)?.[1]?.trim() ?? '';
const firstId = /<sourcedid>.*?<id>(.+?)<\/id>.*?<\/sourcedid>/is;
const recstatusOf = (tag: string, text: string): number =>
  Number(one(new RegExp(`<${tag}[^>]*\\srecstatus\\s*=\\s*["'](\\d)["']`, 'is'), text) || '0');

export const moodle = (settings: MoodleSettings = usualMoodle): Moodle => {
  const users = new Map<string, MoodleUser>();
  const courses = new Map<string, MoodleCourse>();
  const enrolments = new Map<string, MoodleEnrolment>();
  const skipped: string[] = [];
  let ours = true;

  const person = (text: string): void => {
    const id = one(firstId, text);
    const login =
      settings.rules === '2012' ? one(/<userid>(.*?)<\/userid>/is, text) : one(/<userid.*?>(.*?)<\/userid>/is, text);
    const userName = login === '' && settings.idAsUserName ? id : login;
    const recstatus = recstatusOf('person', text);
    if (recstatus === 3) {
      if (!settings.deleteUsers) return;
      for (const [key, user] of users) if (user.userName === userName) users.set(key, { ...user, deleted: true });
      return;
    }
    if (userName === '') return void skipped.push(`no user name: ${id}`);
    if (users.has(id) && recstatus === 2 && !settings.updateUsers) return;
    users.set(id, {
      userName,
      given: one(/<name>.*?<n>.*?<given>(.+?)<\/given>.*?<\/n>.*?<\/name>/is, text),
      family: one(/<name>.*?<n>.*?<family>(.+?)<\/family>.*?<\/n>.*?<\/name>/is, text),
      email: one(/<email>(.*?)<\/email>/is, text),
      deleted: false,
    });
  };

  const group = (text: string): void => {
    const id = one(firstId, text);
    const recstatus = recstatusOf('group', text);
    const known = courses.get(id);
    if (recstatus === 3) {
      if (known !== undefined) courses.set(id, { ...known, visible: false });
      return;
    }
    const course = {
      short: one(/<description>.*?<short>(.*?)<\/short>.*?<\/description>/is, text),
      long: one(/<description>.*?<long>(.*?)<\/long>.*?<\/description>/is, text),
      full: one(/<description>.*?<full>(.*?)<\/full>.*?<\/description>/is, text),
      category: one(/<org>.*?<orgunit>(.*?)<\/orgunit>.*?<\/org>/is, text),
      categoryId: settings.rules === 'today' ? one(/<org>.*?<id>(.*?)<\/id>.*?<\/org>/is, text) : '',
      visible: true,
    };
    if (known === undefined) courses.set(id, course);
    else if (recstatus === 2 && settings.updateCourses)
      courses.set(id, { ...known, short: course.short, full: course.full });
  };

  const membership = (text: string): void => {
    const course = one(firstId, text);
    if (!courses.has(course)) return void skipped.push(`no course: ${course}`);
    for (const [, member = ''] of text.matchAll(/<member>(.*?)<\/member>/gis)) {
      const user = one(firstId, member);
      const role = settings.roles[one(/<role\s+roletype=["'](.+?)["'].*?>/is, member)];
      if (role === undefined || !users.has(user)) {
        skipped.push(`no user or role: ${user} in ${course}`);
        continue;
      }
      const key = `${course} ${user} ${role}`;
      const off = one(/<status>(.*?)<\/status>/is, member) !== '1' || /<role[^>]*\srecstatus=["']3["']/is.test(member);
      if (!off)
        enrolments.set(key, {
          begin: one(/<begin\s+restrict="1">(\d{4}-\d{2}-\d{2})<\/begin>/is, member) || null,
          end: one(/<end\s+restrict="1">(\d{4}-\d{2}-\d{2})<\/end>/is, member) || null,
        });
      else if (settings.unenrol) enrolments.delete(key);
    }
  };

  const properties = (text: string): void => {
    const target = one(/<properties.*?>.*?<target>(.*?)<\/target>.*?<\/properties>/is, text);
    if (settings.target !== null && target !== settings.target) ours = false;
  };

  const tags: readonly (readonly [string, (text: string) => void])[] = [
    ['group', group],
    ['person', person],
    ['membership', membership],
    ['comments', () => undefined],
    ['properties', properties],
  ];
  return {
    users,
    courses,
    enrolments,
    skipped,
    read: (file) => {
      ours = true;
      let cache = '';
      for (const line of file.split('\n')) {
        cache += line.trim();
        for (let found = true; found;) {
          found = false;
          for (const [tag, take] of tags) {
            if (!line.toLowerCase().includes(`</${tag}>`)) continue;
            const whole = new RegExp(`<${tag}\\b.*?>.*?</${tag}>`, 'is').exec(cache)?.[0];
            if (whole === undefined) continue;
            cache = cache.replace(whole, () => '');
            take(whole);
            found = true;
            break;
          }
        }
        if (!ours) return false;
      }
      return true;
    },
  };
};
