// apis/flyt-skole/reads/events.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/flyt-skole/reads/events.test.ts';
