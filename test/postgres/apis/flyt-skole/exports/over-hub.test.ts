// apis/flyt-skole/exports/over-hub.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/flyt-skole/exports/over-hub.test.ts';
