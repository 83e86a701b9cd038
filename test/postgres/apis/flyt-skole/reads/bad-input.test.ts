// apis/flyt-skole/reads/bad-input.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/flyt-skole/reads/bad-input.test.ts';
