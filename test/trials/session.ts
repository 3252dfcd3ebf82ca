import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type pg from 'pg';
import { z } from 'zod';

/** The session name under which the process with that number works in the database: found by the ports of its connections. */
export async function sessionOf(pool: pg.Pool, pid: number): Promise<string | null> {
  const ports = portsOf(pid);
  const { rows } = await pool.query(
    `select application_name as name, count(*)::int as n from pg_stat_activity
      where client_port = any($1) and application_name like '%/%' group by 1 order by 2 desc limit 1`,
    [ports],
  );
  return z.array(z.object({ name: z.string() })).parse(rows)[0]?.name ?? null;
}

/** Local ports of the TCP connections a process holds. */
function portsOf(pid: number): number[] {
  const sockets = new Set<string>();
  for (const fd of readdirSync(`/proc/${pid}/fd`)) {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode !== undefined) sockets.add(inode);
    } catch {
      // It was closed meanwhile.
    }
  }
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').split('\n').slice(1);
  return lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const port = fields[1]?.split(':')[1];
    return port !== undefined && sockets.has(fields[9] ?? '') ? [Number.parseInt(port, 16)] : [];
  });
}
