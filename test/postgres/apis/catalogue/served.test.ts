// apis/catalogue/served.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/catalogue/served.test.ts';
