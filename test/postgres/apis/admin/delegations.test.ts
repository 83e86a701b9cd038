// apis/admin/delegations.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/admin/delegations.test.ts';
