// apis/flyt-skole/reads/one-school.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/flyt-skole/reads/one-school.test.ts';
