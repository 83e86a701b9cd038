// apis/flyt-skole/access.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/flyt-skole/access.test.ts';
