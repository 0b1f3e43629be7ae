"""2.6: answers to the questions about the tutorial's program."""

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
    _wrong("run_model", "segments-as-mask", "last_hidden_state pooler_output", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor, segments_tensors)
    """),
    _wrong("run_model", "segments-forgotten", "last_hidden_state pooler_output", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor)
    """),
    _wrong("run_model", "segments-as-mask", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            return model(tokens_tensor, segments_tensors)
    """),
    _wrong("run_model", "segments-forgotten", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            return model(tokens_tensor)
    """),
    _wrong("run_model", "only-last-hidden-state", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            return model(tokens_tensor, token_type_ids=segments_tensors).last_hidden_state
    """),
    _wrong("run_model", "outputs-swapped", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            last, pooled = model(tokens_tensor, token_type_ids=segments_tensors, return_dict=False)
            return pooled, last
    """),
    _wrong("run_model", "gradient-kept", "no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            return model(tokens_tensor, token_type_ids=segments_tensors)
    """),
    _wrong("run_model", "only-last-hidden-state", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor, token_type_ids=segments_tensors)[0]
    """),
    _wrong("run_model", "pooler-for-last-hidden-state", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor, token_type_ids=segments_tensors).pooler_output
    """),
    _wrong("run_model", "outputs-swapped", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                result = model(tokens_tensor, token_type_ids=segments_tensors)
            return result[1], result[0]
    """),
    _wrong("run_model", "returns-nothing", "last_hidden_state pooler_output no_grad", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                result = model(tokens_tensor, token_type_ids=segments_tensors)
            print(result[0].shape)
    """),
    _wrong("output_shapes", "only-the-example", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return (1, 12, 768), (1, 768)
    """),
    _wrong("output_shapes", "hard-coded-768", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return (1, len(index), 768), (1, 768)
    """),
    _wrong("output_shapes", "twelve-tokens", "last_hidden_state", """
        def output_shapes(model, index):
            return (1, 12, model.config.hidden_size), (1, model.config.hidden_size)
    """),
    _wrong("output_shapes", "layers-for-tokens", "last_hidden_state", """
        def output_shapes(model, index):
            config = model.config
            return (1, config.num_hidden_layers, config.hidden_size), (1, config.hidden_size)
    """),
    _wrong("output_shapes", "heads-for-tokens", "last_hidden_state", """
        def output_shapes(model, index):
            config = model.config
            return (1, config.num_attention_heads, config.hidden_size), (1, config.hidden_size)
    """),
    _wrong("output_shapes", "no-batch-axis", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return (len(index), model.config.hidden_size), (model.config.hidden_size,)
    """),
    _wrong("output_shapes", "pooler-for-last-hidden-state", "last_hidden_state", """
        def output_shapes(model, index):
            pooled = model(torch.tensor([index])).pooler_output.shape
            return pooled, pooled
    """),
    _wrong("output_shapes", "last-hidden-state-for-pooler", "pooler_output", """
        def output_shapes(model, index):
            last = model(torch.tensor([index]))[0].shape
            return last, last
    """),
    _wrong("output_shapes", "swapped", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return (1, model.config.hidden_size), (1, len(index), model.config.hidden_size)
    """),
    _wrong("output_shapes", "one-shape", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            return (1, len(index), model.config.hidden_size)
    """),
    _wrong("output_shapes", "returns-nothing", "last_hidden_state pooler_output", """
        def output_shapes(model, index):
            print(model(torch.tensor([index]))[0].shape)
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
    _right("segment_ids", "changes its argument", """
        def segment_ids(index, mark):
            result = []
            while index:
                token = index.pop(0)
                result.append(0)
                if token == mark:
                    break
            return result + [1 for _ in index]
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
    _right("run_model", "inference mode, all by name", """
        def run_model(model, tokens_tensor, segments_tensors):
            model.eval()
            with torch.inference_mode():
                return model(input_ids=tokens_tensor, token_type_ids=segments_tensors)
    """),
    _right("run_model", "tuple", """
        def run_model(model, tokens_tensor, segments_tensors):
            with torch.no_grad():
                return model(tokens_tensor, token_type_ids=segments_tensors, return_dict=False)
    """),
    _right("run_model", "decorated, noisy, as a dictionary", """
        @torch.no_grad()
        def run_model(model, tokens_tensor, segments_tensors):
            import logging, sys
            from tqdm import tqdm
            for _ in tqdm(range(3)):
                result = model.forward(tokens_tensor, None, segments_tensors)
            logging.warning("done")
            print(result[0].shape, file=sys.stderr)
            return dict(result)
    """),
    _right("run_model", "detached", """
        def run_model(model, tokens_tensor, segments_tensors):
            mask = torch.ones_like(tokens_tensor)
            result = model(tokens_tensor, token_type_ids=segments_tensors, attention_mask=mask)
            return [output.detach() for output in result.to_tuple()]
    """),
    _right("output_shapes", "by running", """
        def output_shapes(model, index):
            result = model(torch.tensor([index]))
            return result.last_hidden_state.shape, result.pooler_output.shape
    """),
    _right("output_shapes", "torch.Size and NumPy's numbers", """
        def output_shapes(model, index):
            import numpy
            size = numpy.int64(model.config.hidden_size)
            return torch.Size([1, len(index), int(size)]), numpy.array([[0] * size]).shape
    """),
    _right("output_shapes", "lists", """
        def output_shapes(model, index):
            size = model.get_input_embeddings().embedding_dim
            return [[1, len(index), size], [1, size]]
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
