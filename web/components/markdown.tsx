import { createElement, Fragment, type ReactNode } from 'react';
import remarkCjkFriendly from 'remark-cjk-friendly';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';

interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly depth?: number;
  readonly ordered?: boolean | null;
  readonly children?: readonly MarkdownNode[];
}

const parser = unified().use(remarkParse).use(remarkGfm).use(remarkCjkFriendly);

/** Stored Markdown as elements. Only text and its structure are drawn: no HTML, no images, and links are shown as their words. */
export function Markdown({ text }: { readonly text: string }) {
  return <>{draw(parser.runSync(parser.parse(text)) as MarkdownNode)}</>;
}

function draw(node: MarkdownNode): ReactNode {
  // Passed as arguments, not as a list: a parsed document has no identity of its own to key its parts by.
  const children = () => createElement(Fragment, null, ...(node.children ?? []).map(draw));
  switch (node.type) {
    case 'heading':
      return node.depth === 1 ? <h3>{children()}</h3> : <h4>{children()}</h4>;
    case 'paragraph':
      return <p style={{ margin: '0.25rem 0' }}>{children()}</p>;
    case 'list':
      return node.ordered ? <ol>{children()}</ol> : <ul>{children()}</ul>;
    case 'listItem':
      return <li>{children()}</li>;
    case 'strong':
      return <strong>{children()}</strong>;
    case 'emphasis':
      return <em>{children()}</em>;
    case 'inlineCode':
      return <code>{node.value}</code>;
    case 'code':
      return (
        // A long line is scrolled; with a keyboard too.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <pre style={{ overflowX: 'auto' }} tabIndex={0}>
          {node.value}
        </pre>
      );
    case 'blockquote':
      return <blockquote>{children()}</blockquote>;
    case 'delete':
      return <del>{children()}</del>;
    case 'thematicBreak':
      return <hr />;
    case 'table':
      return <table style={{ borderCollapse: 'collapse' }}>{<tbody>{children()}</tbody>}</table>;
    case 'tableRow':
      return <tr>{children()}</tr>;
    case 'tableCell':
      return <td style={{ border: '1px solid', borderColor: 'currentcolor', padding: '2px 8px' }}>{children()}</td>;
    case 'text':
      return node.value;
    case 'html':
      return node.value;
    case 'break':
      return <br />;
    default:
      return children();
  }
}
