"""PowerShell's grammar, where no PowerShell is: the tree that tree-sitter reads of a script."""

from collections.abc import Iterator

import tree_sitter
import tree_sitter_powershell

_PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_powershell.language()))


def parsed(script: str) -> tree_sitter.Node:
    return _PARSER.parse(script.encode()).root_node


def nodes(root: tree_sitter.Node, *kinds: str) -> Iterator[tree_sitter.Node]:
    """All of these kinds, in their order."""
    if root.type in kinds:
        yield root
    for child in root.children:
        yield from nodes(child, *kinds)


def text_of(node: tree_sitter.Node) -> str:
    return (node.text or b"").decode()


def mistakes(script: str) -> list[str]:
    """What does not parse: line and text."""

    def wrong(node: tree_sitter.Node) -> Iterator[tree_sitter.Node]:
        if node.type == "ERROR" or node.is_missing:
            yield node
        for child in node.children:
            yield from wrong(child)

    return [f"{each.start_point.row + 1}: {text_of(each)[:60]}" for each in wrong(parsed(script))]
