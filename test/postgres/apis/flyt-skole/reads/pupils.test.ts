// apis/flyt-skole/reads/pupils.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/flyt-skole/reads/pupils.test.ts';
