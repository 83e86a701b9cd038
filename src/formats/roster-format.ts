// Which writer, which rules and which schema are of which profile: the one place where profiles are told apart. Called by exports.
import { abcCheck } from './abc/abc-check.ts';
import { abcRules } from './abc/abc-rules.ts';
import { abcWriter } from './abc/write-abc.ts';
import { imsCheck } from './ims/ims-check.ts';
import { isImsProfile } from './ims/ims-profile.ts';
import { imsRules } from './ims/ims-rules.ts';
import { imsWriter } from './ims/write-ims.ts';
import { pifuCheck } from './pifu/pifu-check.ts';
import { isPifuProfile } from './pifu/codes.ts';
import { pifuRules } from './pifu/pifu-rules.ts';
import { pifuWriter } from './pifu/write-pifu.ts';
import type { RosterProfile, RosterRules, RosterWriter, RosterWriterOptions, SchemaCheck } from './roster.ts';

/** Whether files of the profile can say what has changed since another. */
export const hasDelta = (profile: RosterProfile): boolean => profile !== 'abc-1';

/** A writer of one file. */
export const writerOf = ({ profile, dropped }: RosterWriterOptions): RosterWriter => {
  if (isPifuProfile(profile)) return pifuWriter(profile, dropped);
  return isImsProfile(profile) ? imsWriter(profile, dropped) : abcWriter(dropped);
};

/** The rules of one file. */
export const rulesOf = (profile: RosterProfile): RosterRules => {
  if (isPifuProfile(profile)) return pifuRules(profile);
  return isImsProfile(profile) ? imsRules(profile) : abcRules();
};

/** The schema of the profile; it is to be closed. */
export const schemaCheckOf = (profile: RosterProfile): SchemaCheck => {
  if (isPifuProfile(profile)) return pifuCheck(profile);
  return isImsProfile(profile) ? imsCheck(profile) : abcCheck();
};
