// apis/flyt-skole/writes/writes.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/flyt-skole/writes/writes.test.ts';
