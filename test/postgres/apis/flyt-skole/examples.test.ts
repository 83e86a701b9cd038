// apis/flyt-skole/examples.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/flyt-skole/examples.test.ts';
