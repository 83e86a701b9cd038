// What is set for the exports of an application: checked, with defaults. Called by exports.ts.
import { createHash } from 'node:crypto';
import { problem, type ProblemItem } from '#base/errors.ts';
import { limits } from '#base/limits.ts';
import { failed, ok, type Result } from '#base/result.ts';
import { rosterProfiles } from '#formats/roster.ts';
import { exportFormats, formatOf, type ExportSettings } from './export.ts';

export const defaultSettings: ExportSettings = { profiles: {}, source: null, target: null, dropGuard: 0.05 };

/** Names system and owner, globally, within what files take: `bindeledd@fjordheim.test`; long names are cut, and told apart by a hash. */
export const defaultSource = (organisation: string): string => {
  const whole = `bindeledd@${organisation}`;
  if (whole.length <= limits.exportSourceLength) return whole;
  const mark = createHash('sha256').update(organisation).digest('hex').slice(0, 8);
  return `${whole.slice(0, limits.exportSourceLength - mark.length - 1)}-${mark}`;
};

// Readers compare it letter by letter, and it is part of every id: nothing that XML or a reader could take for something else.
const isName = (text: string): boolean =>
  text.length >= 1 && text.length <= limits.exportSourceLength && /^[\p{L}\d][\p{L}\d@._:/+-]*$/u.test(text);

/** HUB-103 names what is wrong. */
export const checkSettings = (settings: ExportSettings): Result<ExportSettings> => {
  const errors: ProblemItem[] = [];
  for (const format of exportFormats) {
    const profile = settings.profiles[format];
    if (profile !== undefined && !(rosterProfiles.includes(profile) && formatOf(profile) === format))
      errors.push({ at: `/profiles/${format}`, message: 'is no profile of the format' });
  }
  const names = `takes letters, digits and @ . _ : / + -, at most ${limits.exportSourceLength}`;
  for (const name of ['source', 'target'] as const) {
    const value = settings[name];
    if (value !== null && !isName(value)) errors.push({ at: `/${name}`, message: names });
  }
  // System and owner (flyt-skole facts 5.3).
  if (settings.source !== null && !/^[^@]+@[^@]+$/.test(settings.source))
    errors.push({ at: '/source', message: 'names a system and its owner: system@owner' });
  if (!(settings.dropGuard >= 0 && settings.dropGuard <= 1))
    errors.push({ at: '/dropGuard', message: 'takes a share, 0 to 1' });
  return errors.length > 0 ? failed(problem('HUB-103', 'The settings cannot be taken.', { errors })) : ok(settings);
};
