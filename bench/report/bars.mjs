// An SVG of bars, each with a line from the lowest to the highest value.
const WIDTH = 760;
const LABELS = 230;
const VALUES = 90;
const ROW = 22;
const TOP = 44;
const colours = { ours: '#2563eb', others: '#94a3b8', spread: '#334155', text: '#1f2937', quiet: '#64748b' };

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function short(value) {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)}M`;
  if (value >= 1e4) return `${Math.round(value / 1e3)}k`;
  return value >= 100 ? Math.round(value).toString() : Number(value.toPrecision(3)).toString();
}

/** The drawing; `rows` are of { label, ours, middle, low, high }. */
export function bars({ title, unit, rows }) {
  const largest = Math.max(...rows.map(({ middle }) => middle));
  const scale = (value) => (Math.min(value, largest) / largest) * (WIDTH - LABELS - VALUES);
  const height = TOP + rows.length * ROW + 14;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    `<text x="12" y="20" font-size="14" fill="${colours.text}">${escape(title)}</text>`,
    `<text x="12" y="36" fill="${colours.quiet}">${escape(unit)}</text>`,
    ...rows.map((row, index) => drawBar(row, TOP + index * ROW, scale)),
    '</svg>',
    '',
  ].join('\n');
}

function drawBar({ label, ours, middle, low, high }, y, scale) {
  const colour = ours ? colours.ours : colours.others;
  const [left, right] = [LABELS + scale(low), LABELS + scale(high)].map((x) => x.toFixed(1));
  const centre = y + ROW / 2;
  return [
    `<text x="${LABELS - 8}" y="${centre + 4}" text-anchor="end" fill="${colours.text}">${escape(label)}</text>`,
    `<rect x="${LABELS}" y="${y + 3}" width="${scale(middle).toFixed(1)}" height="${ROW - 6}" fill="${colour}"/>`,
    `<line x1="${left}" x2="${right}" y1="${centre}" y2="${centre}" stroke="${colours.spread}"/>`,
    `<text x="${WIDTH - VALUES + 8}" y="${centre + 4}" fill="${colours.text}">${short(middle)}</text>`,
  ].join('\n');
}
