import {
  Alert,
  Table as MuiTable,
  Paper,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
} from '@mui/material';
import type { ReactNode } from 'react';

/** A page heading and a table under it; says what is missing when there are no rows. */
export function Table({
  title,
  columns,
  rows,
  empty,
}: {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ReactNode[] }[];
  readonly empty: string;
}) {
  return (
    <>
      <Typography variant="h5" component="h1">
        {title}
      </Typography>
      {rows.length === 0 ? (
        <Alert severity="success" variant="outlined" icon={false}>
          {empty}
        </Alert>
      ) : (
        <TableContainer component={Paper} variant="outlined">
          <MuiTable size="small" aria-label={title}>
            <TableHead>
              <TableRow>
                {columns.map((column) => (
                  <TableCell key={column} component="th" scope="col">
                    {column}
                  </TableCell>
                ))}
              </TableRow>
            </TableHead>
            <TableBody>
              {rows.map((row) => (
                <TableRow key={row.key} hover>
                  {row.cells.map((cell, i) => (
                    <TableCell key={columns[i]}>{cell}</TableCell>
                  ))}
                </TableRow>
              ))}
            </TableBody>
          </MuiTable>
        </TableContainer>
      )}
    </>
  );
}
