"""Alternative texts of the plots in lesson 2.6b."""

from __future__ import annotations

#: Part of each plot's alternative text, which is computed from its numbers.
ALT = {
    "en": {
        "similarity-heatmap": "Most similar: “Loans are getting more expensive.” and “Borrowing money costs more",
        "trained-beside-random": "MiniLM: 9 of 9 sentences have their nearest neighbour in their own group.",
        "attention-map": "Layer 1, head 3. Most attention goes to the token before: 99% on average.",
        "tokens-with-wrong-segment-ids": "mymodel04: the lowest is 0.65 at position 4, [SEP]; 11 of 12 stay at 0.99",
        "padding-with-and-without-mask": "attention_mask=mask: all 12 stay at 0.99 or above.",
    },
    "zh": {
        "similarity-heatmap": "最相似的是“Loans are getting more expensive.”和“Borrowing money costs more",
        "trained-beside-random": "MiniLM：9 个句子里，有 9 个的最近邻是同组的句子。",
        "attention-map": "第 1 层，第 3 个头。大部分注意力给了前一个词元：平均 99%。",
        "tokens-with-wrong-segment-ids": "mymodel04：最低的是位置 4 的 [SEP]，只有 0.65；12 个里有 11 个不低于 0.99。",
        "padding-with-and-without-mask": "attention_mask=mask：12 个全都不低于 0.99。",
    },
}
