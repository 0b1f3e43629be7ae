"""2.6: answers to the questions about what a model is given: ids, segment ids, tensors, padding."""

from __future__ import annotations

from autograde.grading.answers.answer import RightAnswer, Section, WrongAnswer

_SECTION = Section("2.6")
_wrong, _right = _SECTION.wrong, _SECTION.right

_SEGMENTS = "pairs vocabularies edges"

WRONG: tuple[WrongAnswer, ...] = (
    _wrong("segment_ids", "separator-in-second", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return [0] * k + [1] * (len(index) - k)
    """),
    _wrong("segment_ids", "last-separator", _SEGMENTS, """
        def segment_ids(index, mark):
            for position, token in enumerate(index):
                if token == mark:
                    k = position
            return [0] * (k + 1) + [1] * (len(index) - k - 1)
    """),
    _wrong("segment_ids", "every-separator-zero", _SEGMENTS, """
        def segment_ids(index, mark):
            result, segment = [], 0
            for token in index:
                result.append(0 if token == mark else segment)
                if token == mark:
                    segment = 1
            return result
    """),
    _wrong("segment_ids", "halves", _SEGMENTS, """
        def segment_ids(index, mark):
            middle = len(index) // 2
            return [0] * middle + [1] * (len(index) - middle)
    """),
    _wrong("segment_ids", "only-the-example", _SEGMENTS, """
        def segment_ids(index, mark):
            return [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1]
    """),
    _wrong("segment_ids", "only-the-example", _SEGMENTS, """
        def segment_ids(index, mark):
            k = 4
            return [0] * (k + 1) + [1] * (len(index) - k - 1)
    """),
    _wrong("segment_ids", "constant", _SEGMENTS, """
        def segment_ids(index, mark):
            return [0] * 6 + [1] * 6
    """),
    _wrong("segment_ids", "third-segment", "edges", """
        def segment_ids(index, mark):
            result, segment = [], 0
            for token in index:
                result.append(segment)
                if token == mark:
                    segment += 1
            return result
    """),
    _wrong("segment_ids", "hard-coded-102", "vocabularies", """
        def segment_ids(index, mark):
            k = index.index(102)
            return [0] * (k + 1) + [1] * (len(index) - k - 1)
    """),
    _wrong("segment_ids", "hard-coded-102", "vocabularies", """
        def segment_ids(index, mark):
            mark = 102
            result, segment = [], 0
            for token in index:
                result.append(segment)
                if token == mark:
                    segment = 1
            return result
    """),
    _wrong("segment_ids", "batch-axis-length", _SEGMENTS, """
        def segment_ids(index, mark):
            batch = [index]
            k = index.index(mark)
            return [0] * (k + 1) + [1] * (len(batch) - k - 1)
    """),
    _wrong("segment_ids", "floats", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return [0.0] * (k + 1) + [1.0] * (len(index) - k - 1)
    """),
    _wrong("segment_ids", "booleans", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return [position > k for position in range(len(index))]
    """),
    _wrong("segment_ids", "swapped", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return [1] * (k + 1) + [0] * (len(index) - k - 1)
    """),
    _wrong("segment_ids", "all-zeros", _SEGMENTS, """
        def segment_ids(index, mark):
            return [0 for _ in index]
    """),
    _wrong("segment_ids", "one-too-few", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return [0] * (k + 1) + [1] * (len(index) - k - 2)
    """),
    _wrong("segment_ids", "one-too-many", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return [0] * (k + 1) + [1] * (len(index) - k)
    """),
    _wrong("segment_ids", "tensor-for-list", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return torch.tensor([0] * (k + 1) + [1] * (len(index) - k - 1))
    """),
    _wrong("segment_ids", "tensor-for-list", _SEGMENTS, """
        def segment_ids(index, mark):
            import numpy
            return (numpy.arange(len(index)) > index.index(mark)).astype(int)
    """),
    _wrong("segment_ids", "list-in-a-list", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return [[0] * (k + 1) + [1] * (len(index) - k - 1)]
    """),
    _wrong("segment_ids", "returns-nothing", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            print([0] * (k + 1) + [1] * (len(index) - k - 1))
    """),
    _wrong("segment_ids", "calls-the-tokenizer", _SEGMENTS, """
        def segment_ids(index, mark):
            from transformers import BertTokenizer
            known = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5}
            tokenizer = BertTokenizer(vocab=known)
            k = index.index(mark)
            first, second = "a " * (k - 1), "a " * (len(index) - k - 2)
            return tokenizer(first, second)["token_type_ids"]
    """),
    _wrong("segment_ids", "toggles", "edges", """
        def segment_ids(index, mark):
            segment, result = 0, []
            for token in index:
                result.append(segment)
                if token == mark:
                    segment = 1 - segment
            return result
    """),
    _wrong("segment_ids", "one-token-late", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark) + 1
            return [0] * (k + 1) + [1] * (len(index) - k - 1)
    """),
    _wrong("segment_ids", "marks-the-separators", _SEGMENTS, """
        def segment_ids(index, mark):
            return [1 if token == mark else 0 for token in index]
    """),
    _wrong("segment_ids", "compares-the-ids", _SEGMENTS, """
        def segment_ids(index, mark):
            return [0 if token <= mark else 1 for token in index]
    """),
    _wrong("segment_ids", "one-and-two", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return [1] * (k + 1) + [2] * (len(index) - k - 1)
    """),
    _wrong("segment_ids", "texts", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return ["0"] * (k + 1) + ["1"] * (len(index) - k - 1)
    """),
    _wrong("segment_ids", "texts", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return "0" * (k + 1) + "1" * (len(index) - k - 1)
    """),
    _wrong("segment_ids", "all-ones", _SEGMENTS, """
        def segment_ids(index, mark):
            return [1] * len(index)
    """),
    _wrong("segment_ids", "two-lists", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return [0] * (k + 1), [1] * (len(index) - k - 1)
    """),
    _wrong("segment_ids", "only-the-position", _SEGMENTS, """
        def segment_ids(index, mark):
            return index.index(mark)
    """),
    _wrong("segment_ids", "not-computed-yet", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return (int(place > k) for place in range(len(index)))
    """),
    _wrong("segment_ids", "not-computed-yet", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            return map(int, (place > k for place in range(len(index))))
    """),
    _wrong("segment_ids", "not-computed-yet", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            for place in range(len(index)):
                yield int(place > k)
    """),
    _wrong("encode_pair", "hard-coded-102", "mark", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(first, second), 102
    """),
    _wrong("encode_pair", "joined-text", "index", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(first + " " + second), tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "encoded-apart", "index", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(first) + tokenizer.encode(second), tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "no-special-tokens", "index", """
        def encode_pair(tokenizer, first, second):
            index = tokenizer.encode(first, second, add_special_tokens=False)
            return index, tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "mark-as-text", "mark", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(first, second), tokenizer.sep_token
    """),
    _wrong("encode_pair", "mark-as-position", "mark", """
        def encode_pair(tokenizer, first, second):
            index = tokenizer.encode(first, second)
            return index, index.index(tokenizer.sep_token_id)
    """),
    _wrong("encode_pair", "only-the-ids", "index mark", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(first, second)
    """),
    _wrong("encode_pair", "returns-nothing", "index mark", """
        def encode_pair(tokenizer, first, second):
            index = tokenizer.encode(first, second)
    """),
    _wrong("encode_pair", "joined-text", "index", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(first + second), tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "second-forgotten", "index", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(first), tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "sentences-swapped", "index", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(second, first), tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "batch-of-two", "index", """
        def encode_pair(tokenizer, first, second):
            return tokenizer([first, second])["input_ids"], tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "tokens-for-ids", "index", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.tokenize(first, second, add_special_tokens=True), tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "whole-encoding", "index", """
        def encode_pair(tokenizer, first, second):
            return tokenizer(first, second), tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "whole-encoding", "index mark", """
        def encode_pair(tokenizer, first, second):
            return tokenizer(first, second)
    """),
    _wrong("encode_pair", "tensor-for-list", "index", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(first, second, return_tensors="pt"), tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "mark-of-another-token", "mark", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(first, second), tokenizer.cls_token_id
    """),
    _wrong("encode_pair", "swapped", "index mark", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.sep_token_id, tokenizer.encode(first, second)
    """),
    _wrong("encode_pair", "dictionary", "index mark", """
        def encode_pair(tokenizer, first, second):
            return {"index": tokenizer.encode(first, second), "mark": tokenizer.sep_token_id}
    """),
    _wrong("encode_pair", "not-computed-yet", "index mark", """
        def encode_pair(tokenizer, first, second):
            yield tokenizer.encode(first, second)
            yield tokenizer.sep_token_id
    """),
    _wrong("to_tensors", "no-batch-axis", "tokens segments", """
        def to_tensors(index, segments_ids):
            return torch.tensor(index), torch.tensor(segments_ids)
    """),
    _wrong("to_tensors", "batch-axis-last", "tokens segments", """
        def to_tensors(index, segments_ids):
            return torch.tensor(index).unsqueeze(1), torch.tensor(segments_ids).unsqueeze(1)
    """),
    _wrong("to_tensors", "floats", "tokens segments", """
        def to_tensors(index, segments_ids):
            return torch.Tensor([index]), torch.Tensor([segments_ids])
    """),
    _wrong("to_tensors", "lists-for-tensors", "tokens segments", """
        def to_tensors(index, segments_ids):
            return [index], [segments_ids]
    """),
    _wrong("to_tensors", "numpy-for-tensors", "tokens segments", """
        def to_tensors(index, segments_ids):
            import numpy
            return numpy.array([index]), numpy.array([segments_ids])
    """),
    _wrong("to_tensors", "stacked", "tokens segments", """
        def to_tensors(index, segments_ids):
            return torch.tensor([index, segments_ids])
    """),
    _wrong("to_tensors", "swapped", "tokens segments", """
        def to_tensors(index, segments_ids):
            return torch.tensor([segments_ids]), torch.tensor([index])
    """),
    _wrong("to_tensors", "returns-nothing", "tokens segments", """
        def to_tensors(index, segments_ids):
            tokens_tensor = torch.tensor([index])
            segments_tensors = torch.tensor([segments_ids])
    """),
    _wrong("to_tensors", "calls-the-tokenizer", "tokens segments", """
        def to_tensors(index, segments_ids):
            from transformers import BertTokenizer
            tokenizer = BertTokenizer(vocab={"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4})
            one = {"input_ids": index, "token_type_ids": segments_ids}
            batch = tokenizer.pad([one], return_tensors="pt")
            return batch["input_ids"], batch["token_type_ids"]
    """),
    _wrong("to_tensors", "batch-axis-once", "segments", """
        def to_tensors(index, segments_ids):
            return torch.tensor([index]), torch.tensor(segments_ids)
    """),
    _wrong("to_tensors", "one-axis-too-many", "tokens segments", """
        def to_tensors(index, segments_ids):
            return torch.tensor([[index]]), torch.tensor([[segments_ids]])
    """),
    _wrong("to_tensors", "floats", "segments", """
        def to_tensors(index, segments_ids):
            return torch.tensor([index]), torch.zeros(1, len(index)) + torch.tensor(segments_ids)
    """),
    _wrong("to_tensors", "other-whole-numbers", "segments", """
        def to_tensors(index, segments_ids):
            return torch.tensor([index]), torch.tensor([segments_ids], dtype=torch.uint8)
    """),
    _wrong("to_tensors", "only-the-ids", "tokens segments", """
        def to_tensors(index, segments_ids):
            return torch.tensor([index])
    """),
    _wrong("to_tensors", "dictionary", "tokens segments", """
        def to_tensors(index, segments_ids):
            return {"input_ids": torch.tensor([index]), "token_type_ids": torch.tensor([segments_ids])}
    """),
    _wrong("to_tensors", "not-computed-yet", "tokens segments", """
        def to_tensors(index, segments_ids):
            return map(lambda values: torch.tensor([values]), (index, segments_ids))
    """),
    _wrong("pad_pair", "padding-in-second", "segments", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            return index + [pad] * more, segments_ids + [1] * more, [1] * len(index) + [0] * more
    """),
    _wrong("pad_pair", "mask-all-ones", "attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            return index + [pad] * more, segments_ids + [0] * more, [1] * length
    """),
    _wrong("pad_pair", "mask-swapped", "attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            return index + [pad] * more, segments_ids + [0] * more, [0] * len(index) + [1] * more
    """),
    _wrong("pad_pair", "segments-as-mask", "attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            padded = segments_ids + [0] * more
            return index + [pad] * more, padded, padded
    """),
    _wrong("pad_pair", "padding-in-front", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            return [pad] * more + index, [0] * more + segments_ids, [0] * more + [1] * len(index)
    """),
    _wrong("pad_pair", "hard-coded-0", "index", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            return index + [0] * more, segments_ids + [0] * more, [1] * len(index) + [0] * more
    """),
    _wrong("pad_pair", "no-mask", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            return index + [pad] * more, segments_ids + [0] * more
    """),
    _wrong("pad_pair", "calls-the-tokenizer", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            from transformers import BertTokenizer
            tokenizer = BertTokenizer(vocab={"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4})
            one = {"input_ids": index, "token_type_ids": segments_ids}
            padded = tokenizer.pad(one, padding="max_length", max_length=length)
            return padded["input_ids"], padded["token_type_ids"], padded["attention_mask"]
    """),
    _wrong("pad_pair", "returns-nothing", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            index += [pad] * (length - len(index))
    """),
    _wrong("pad_pair", "pad-in-segments", "segments", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            return index + [pad] * more, segments_ids + [pad] * more, [1] * len(index) + [0] * more
    """),
    _wrong("pad_pair", "mask-after-padding", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            index += [pad] * more
            segments_ids += [0] * more
            return index, segments_ids, [1] * len(index) + [0] * more
    """),
    _wrong("pad_pair", "mask-after-padding", "attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            index = index + [pad] * more
            return index, segments_ids + [0] * more, [1] * len(index) + [0] * more
    """),
    _wrong("pad_pair", "changes-its-arguments", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            mask = [1] * len(index)
            while len(index) < length:
                index.append(pad)
                segments_ids.append(0)
                mask.append(0)
            return index, segments_ids, mask
    """),
    _wrong("pad_pair", "changes-its-arguments", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            mask = [1] * len(index) + [0] * (length - len(index))
            index.extend([pad] * (length - len(index)))
            return index, segments_ids + [0] * (length - len(segments_ids)), mask
    """),
    _wrong("to_tensors", "changes-its-arguments", "tokens segments", """
        def to_tensors(index, segments_ids):
            index[:] = [list(index)]
            segments_ids[:] = [list(segments_ids)]
            return torch.tensor(index), torch.tensor(segments_ids)
    """),
    _wrong("to_tensors", "changes-its-arguments", "tokens segments", """
        def to_tensors(index, segments_ids):
            tokens, segments = torch.tensor([index]), torch.tensor([segments_ids])
            del index[:]
            return tokens, segments
    """),
    _wrong("to_tensors", "segments-made-anew", "segments", """
        def to_tensors(index, segments_ids):
            k = index.index(102)
            segments = [0] * (k + 1) + [1] * (len(index) - k - 1)
            return torch.tensor([index]), torch.tensor([segments])
    """),
    _wrong("segment_ids", "changes-its-arguments", _SEGMENTS, """
        def segment_ids(index, mark):
            result = []
            while index:
                token = index.pop(0)
                result.append(0)
                if token == mark:
                    break
            return result + [1 for _ in index]
    """),
    _wrong("segment_ids", "changes-its-arguments", _SEGMENTS, """
        def segment_ids(index, mark):
            k = index.index(mark)
            for position in range(len(index)):
                index[position] = 0 if position <= k else 1
            return index
    """),
    _wrong("segment_ids", "calls-the-tokenizer", "pairs vocabularies edges", """
        def segment_ids(index, mark):
            from transformers import BertTokenizer
            known = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "a": 5}
            library = BertTokenizer(vocab=known)._tokenizer
            k = index.index(mark)
            first, second = " ".join("a" * (k - 1)), " ".join("a" * max(len(index) - k - 2, 0))
            ids = library.encode(first, second).type_ids if len(index) > k + 1 else library.encode(first).type_ids
            return (list(ids) + [1])[: len(index)]
    """),
    _wrong("encode_pair", "mark-is-none", "mark", """
        def encode_pair(tokenizer, first, second):
            return tokenizer.encode(first, second), tokenizer.eos_token_id
    """),
    _wrong("encode_pair", "split-at-blanks", "index", """
        def encode_pair(tokenizer, first, second):
            vocab = tokenizer.get_vocab()
            index = [vocab["[CLS]"]] + [vocab[w] for w in first.split()] + [vocab["[SEP]"]]
            index += [vocab[w] for w in second.split()] + [vocab["[SEP]"]]
            return index, vocab["[SEP]"]
    """),
    _wrong("encode_pair", "split-at-blanks", "index", """
        def encode_pair(tokenizer, first, second):
            words = ["[CLS]", *first.lower().split(), "[SEP]", *second.lower().split(), "[SEP]"]
            return tokenizer.convert_tokens_to_ids(words), tokenizer.sep_token_id
    """),
    _wrong("encode_pair", "split-at-blanks", "index", """
        def encode_pair(tokenizer, first, second):
            words = ["[CLS]", *first.split(), "[SEP]", *second.split(), "[SEP]"]
            return [tokenizer.vocab.get(word) for word in words], tokenizer.sep_token_id
    """),
    _wrong("pad_pair", "length-times-padding", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            return index + [pad] * length, segments_ids + [0] * length, [1] * len(index) + [0] * length
    """),
    _wrong("pad_pair", "nothing-padded", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            return index, segments_ids, [1] * len(index)
    """),
    _wrong("pad_pair", "pad-as-text", "index", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            return index + ["[PAD]"] * more, segments_ids + [0] * more, [1] * len(index) + [0] * more
    """),
    _wrong("pad_pair", "booleans", "attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            return index + [pad] * more, segments_ids + [0] * more, [place < len(index) for place in range(length)]
    """),
    _wrong("pad_pair", "order", "segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            return index + [pad] * more, [1] * len(index) + [0] * more, segments_ids + [0] * more
    """),
    _wrong("pad_pair", "tensors-for-lists", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            lists = index + [pad] * more, segments_ids + [0] * more, [1] * len(index) + [0] * more
            return tuple(map(torch.tensor, lists))
    """),
    _wrong("pad_pair", "dictionary", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            ids, segments = index + [pad] * more, segments_ids + [0] * more
            return {"input_ids": ids, "token_type_ids": segments, "attention_mask": [1] * len(index) + [0] * more}
    """),
    _wrong("pad_pair", "not-computed-yet", "index segments attention_mask", """
        def pad_pair(index, segments_ids, length, pad):
            more = length - len(index)
            yield from (index + [pad] * more, segments_ids + [0] * more, [1] * len(index) + [0] * more)
    """),
)  # fmt: skip

RIGHT: tuple[RightAnswer, ...] = (
    _right("segment_ids", "loop", """
        def segment_ids(index, mark):
            result, segment = [], 0
            for token in index:
                result.append(segment)
                if token == mark:
                    segment = 1
            return result
    """),
    _right("segment_ids", "tuple", """
        def segment_ids(index, mark):
            k = index.index(mark)
            return tuple(int(position > k) for position in range(len(index)))
    """),
    _right("segment_ids", "numpy", """
        def segment_ids(index, mark):
            import numpy
            ids = numpy.array(index)
            first = numpy.argmax(ids == mark)
            return list(numpy.where(numpy.arange(len(ids)) > first, 1, 0))
    """),
    _right("segment_ids", "torch.where", """
        def segment_ids(index, mark):
            places = torch.arange(len(index))
            first = torch.where(torch.tensor(index) == mark)[0][0]
            return torch.where(places > first, 1, 0).tolist()
    """),
    _right("segment_ids", "changes a copy", """
        def segment_ids(index, mark):
            index = list(index)
            result = []
            while index:
                result.append(0)
                if index.pop(0) == mark:
                    break
            return result + [1 for _ in index]
    """),
    _right("encode_pair", "by tokens, piece by piece", """
        def encode_pair(tokenizer, first, second):
            sep = tokenizer.sep_token
            tokens = [tokenizer.cls_token, *tokenizer.tokenize(first), sep, *tokenizer.tokenize(second), sep]
            index = tokenizer.convert_tokens_to_ids(tokens)
            index.append(0)
            index.pop()
            return index, tokenizer.convert_tokens_to_ids(sep)
    """),
    _right("pad_pair", "grows copies", """
        def pad_pair(index, segments_ids, length, pad):
            index, segments_ids, mask = index.copy(), segments_ids[:], [1] * len(index)
            while len(index) < length:
                index.append(pad)
                segments_ids += [0]
                mask.append(0)
            return index, segments_ids, mask
    """),
    _right("segment_ids", "noisy", """
        def segment_ids(index: list[int], mark: int) -> list[int]:
            import logging, os, sys, warnings
            from tqdm import tqdm
            warnings.warn("a deprecated thing")
            logging.getLogger("transformers").warning("some weights were newly initialized")
            logging.warning("the root logger")
            os.write(2, b"straight to the descriptor")
            print("debugging", index, file=sys.stderr)
            k = index.index(mark)
            return [int(place > k) for place in tqdm(range(len(index)), desc="segments")]
    """),
    _right("segment_ids", "accumulate", """
        def segment_ids(index, mark):
            from itertools import accumulate
            seen = accumulate((token == mark for token in index[:-1]), lambda old, new: old or new, initial=False)
            return [int(each) for each in seen]
    """),
    _right("segment_ids", "cumulative sum, in NumPy's own integers", """
        def segment_ids(index, mark):
            import numpy as np
            hits = np.cumsum(np.array(index) == mark)
            return list(np.minimum(np.concatenate([[0], hits[:-1]]), 1))
    """),
    _right("encode_pair", "by hand, noisy", """
        def encode_pair(tokenizer, first, second):
            import logging, warnings
            from tqdm import tqdm
            warnings.warn("a deprecated thing")
            pieces = [tokenizer.tokenize(text) for text in tqdm([first, second])]
            tokens = ["[CLS]", *pieces[0], "[SEP]", *pieces[1], "[SEP]"]
            logging.getLogger("transformers").warning("these are %d tokens", len(tokens))
            return tokenizer.convert_tokens_to_ids(tokens), tokenizer.vocab["[SEP]"]
    """),
    _right("encode_pair", "by call", """
        def encode_pair(tokenizer, first, second):
            found = tokenizer(first, second)
            return [found["input_ids"], tokenizer.convert_tokens_to_ids("[SEP]")]
    """),
    _right("to_tensors", "unsqueeze, a list", """
        def to_tensors(index, segments_ids):
            return [torch.LongTensor(index).unsqueeze(0), torch.LongTensor(segments_ids)[None, :]]
    """),
    _right("to_tensors", "from NumPy", """
        def to_tensors(index, segments_ids):
            import numpy
            return tuple(torch.from_numpy(numpy.array(values)[None]) for values in (index, segments_ids))
    """),
    _right("to_tensors", "filled in a loop, noisy", """
        def to_tensors(index, segments_ids):
            import warnings
            warnings.warn("slow")
            tensors = torch.zeros(2, 1, len(index), dtype=torch.long)
            for row, values in enumerate((index, segments_ids)):
                for place, value in enumerate(values):
                    tensors[row, 0, place] = value
            print(tensors)
            return tensors.unbind()
    """),
    _right("to_tensors", "int32", """
        def to_tensors(index, segments_ids):
            both = torch.tensor([[index], [segments_ids]], dtype=torch.int32)
            return both[0], both[1]
    """),
    _right("pad_pair", "NumPy", """
        def pad_pair(index, segments_ids, length, pad):
            import numpy as np
            behind = (0, length - len(index))
            mask = np.where(np.arange(length) < len(index), 1, 0)
            return np.pad(index, behind, constant_values=pad).tolist(), list(np.pad(segments_ids, behind)), list(mask)
    """),
    _right("pad_pair", "loop", """
        def pad_pair(index, segments_ids, length, pad):
            index, segments = list(index), list(segments_ids)
            mask = [1 for _ in index]
            while len(index) < length:
                index.append(pad)
                segments.append(0)
                mask.append(0)
            return index, segments, mask
    """),
)  # fmt: skip
