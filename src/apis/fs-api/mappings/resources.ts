// All collections of the API, in the order in which they are told: those that are known to be used first. One file each beside this one; read by whoever serves or
// describes them.
import { campuser } from './campuser.ts';
import { deltakere } from './deltakere.ts';
import { emner } from './emner.ts';
import { evukurs } from './evukurs.ts';
import { evukursdeltakelser } from './evukursdeltakelser.ts';
import { fag } from './fag.ts';
import { fnrendringer } from './fnrendringer.ts';
import { kull } from './kull.ts';
import { kullklasser } from './kullklasser.ts';
import { kvalifikasjonsgrunnlag } from './kvalifikasjonsgrunnlag.ts';
import { land } from './land.ts';
import { organisasjonsenheter } from './organisasjonsenheter.ts';
import { personer } from './personer.ts';
import { personroller } from './personroller.ts';
import type { FsApiResource } from './resource.ts';
import { roller } from './roller.ts';
import { semesterregistreringer } from './semesterregistreringer.ts';
import { semestre } from './semestre.ts';
import { studentundervisning } from './studentundervisning.ts';
import { studentundervisningsaktiviteter } from './studentundervisningsaktiviteter.ts';
import { studienivaer } from './studienivaer.ts';
import { studieprogrammer } from './studieprogrammer.ts';
import { studieretninger } from './studieretninger.ts';
import { studieretter } from './studieretter.ts';
import { terminkoder } from './terminkoder.ts';
import { tilbudstatuser } from './tilbudstatuser.ts';
import { undervisning } from './undervisning.ts';
import { undervisningsaktiviteter } from './undervisningsaktiviteter.ts';

export const resources: readonly FsApiResource[] = [
  personer,
  emner,
  undervisning,
  undervisningsaktiviteter,
  studentundervisning,
  personroller,
  roller,
  organisasjonsenheter,
  semestre,
  studienivaer,
  studieprogrammer,
  studieretninger,
  kull,
  kullklasser,
  studieretter,
  semesterregistreringer,
  studentundervisningsaktiviteter,
  evukurs,
  evukursdeltakelser,
  deltakere,
  fag,
  campuser,
  land,
  fnrendringer,
  terminkoder,
  kvalifikasjonsgrunnlag,
  tilbudstatuser,
];
