// apis/flyt-skole/reads/groups-and-staff.test.ts on PostgreSQL.
import '../../../on-postgres.ts';
import '../../../../apis/flyt-skole/reads/groups-and-staff.test.ts';
