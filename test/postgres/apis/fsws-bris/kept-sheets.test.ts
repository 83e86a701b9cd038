// apis/fsws-bris/kept-sheets.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../apis/fsws-bris/kept-sheets.test.ts';
