// apis/flyt-skole/reads/school-year.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/flyt-skole/reads/school-year.test.ts';
