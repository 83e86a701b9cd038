// app/cli/access-file.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../app/cli/access-file.test.ts';
